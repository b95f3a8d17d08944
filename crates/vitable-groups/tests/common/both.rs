//! Runs tests with both built-in transports: inline and pooled.

/// Runs tests with inline I/O and with the pooled client.
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
