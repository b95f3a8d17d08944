//! Runs tests twice, over each kind of connection.

/// Runs tests over connections that calls drive themselves, and once more over reqwest's.
macro_rules! over_both {
    ($($test:ident)*) => {
        mod driven_by_the_caller {
            $(
                #[tokio::test]
                async fn $test() {
                    super::$test(vitable_groups::HttpVersion::Http1).await;
                }
            )*
        }

        mod by_reqwest {
            $(
                #[tokio::test]
                async fn $test() {
                    super::$test(vitable_groups::HttpVersion::Auto).await;
                }
            )*
        }
    };
}
