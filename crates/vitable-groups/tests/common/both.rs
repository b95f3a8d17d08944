//! Runs tests twice, over each kind of connection.

/// Runs tests over connections that their calls poll, and once more over the pooled client.
macro_rules! over_both {
    ($($test:ident)*) => {
        mod inline {
            $(
                #[tokio::test]
                async fn $test() {
                    super::$test(vitable_groups::HttpVersion::Http1).await;
                }
            )*
        }

        mod pooled {
            $(
                #[tokio::test]
                async fn $test() {
                    super::$test(vitable_groups::HttpVersion::Auto).await;
                }
            )*
        }
    };
}
