//! `Content-Encoding`: gzip and Brotli bodies are decompressed as they arrive.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use async_compression::tokio::bufread::{BrotliDecoder, GzipDecoder};
use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use tokio_util::io::{StreamReader, poll_read_buf};

use crate::error::{Error, MALFORMED};

/// How many bytes are decompressed at once.
const CHUNK: usize = 32 * 1024;

/// The codings that [`decoded`] supports, for `Accept-Encoding`.
pub const ACCEPTED: &str = "gzip, br";

/// A content coding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Coding {
    /// `gzip`, also called `x-gzip` (RFC 9110, 8.4.1.3).
    Gzip,
    /// `br`.
    Brotli,
}

impl Coding {
    /// Returns the coding of a response if it is supported, and removes the headers that describe the
    /// coded body.
    ///
    /// ```
    /// use inline_http::Coding;
    ///
    /// let mut headers = http::HeaderMap::new();
    /// headers.insert("content-encoding", "X-GZip".parse()?);
    /// assert_eq!(Coding::take(&mut headers), Some(Coding::Gzip));
    /// assert_eq!(Coding::take(&mut headers), None);
    /// # Ok::<(), http::header::InvalidHeaderValue>(())
    /// ```
    pub fn take(headers: &mut HeaderMap) -> Option<Self> {
        let name = headers.get(CONTENT_ENCODING)?.as_bytes().trim_ascii();
        let is = |coding: &str| name.eq_ignore_ascii_case(coding.as_bytes());
        let coding = match () {
            () if is("gzip") || is("x-gzip") => Self::Gzip,
            () if is("br") => Self::Brotli,
            () => return None,
        };
        headers.remove(CONTENT_ENCODING);
        headers.remove(CONTENT_LENGTH);
        Some(coding)
    }
}

/// The chunks of a body, with I/O errors, as decoders need them.
struct Chunks<S>(S);

impl<S: Stream<Item = Result<Bytes, Error>> + Unpin> Stream for Chunks<S> {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let chunk = ready!(Pin::new(&mut self.0).poll_next(cx));
        Poll::Ready(chunk.map(|chunk| chunk.map_err(io::Error::other)))
    }
}

type Reader<S> = StreamReader<Chunks<S>, Bytes>;

/// A body, decompressed.
pub struct Decoded<S> {
    decoder: Option<Decoder<S>>,
}

enum Decoder<S> {
    Gzip(GzipDecoder<Reader<S>>),
    Brotli(BrotliDecoder<Reader<S>>),
}

/// Decompresses a body.
pub fn decoded<S>(coding: Coding, body: S) -> Decoded<S>
where
    S: Stream<Item = Result<Bytes, Error>> + Unpin,
{
    let reader = StreamReader::new(Chunks(body));
    let decoder = match coding {
        Coding::Gzip => {
            let mut decoder = GzipDecoder::new(reader);
            decoder.multiple_members(true);
            Decoder::Gzip(decoder)
        }
        Coding::Brotli => Decoder::Brotli(BrotliDecoder::new(reader)),
    };
    Decoded { decoder: Some(decoder) }
}

impl<S: Stream<Item = Result<Bytes, Error>> + Unpin> Stream for Decoded<S> {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(decoder) = &mut self.decoder else { return Poll::Ready(None) };
        let mut chunk = BytesMut::with_capacity(CHUNK);
        let read = match decoder {
            Decoder::Gzip(decoder) => poll_read_buf(Pin::new(decoder), cx, &mut chunk),
            Decoder::Brotli(decoder) => poll_read_buf(Pin::new(decoder), cx, &mut chunk),
        };
        match ready!(read) {
            Ok(1..) => Poll::Ready(Some(Ok(chunk.freeze()))),
            Ok(0) => {
                // Read to the end, so that the connection can be reused.
                let body = match decoder {
                    Decoder::Gzip(decoder) => decoder.get_mut().get_mut(),
                    Decoder::Brotli(decoder) => decoder.get_mut().get_mut(),
                };
                while let Some(rest) = ready!(Pin::new(&mut body.0).poll_next(cx)) {
                    if let Err(error) = rest {
                        self.decoder = None;
                        return Poll::Ready(Some(Err(error)));
                    }
                }
                self.decoder = None;
                Poll::Ready(None)
            }
            Err(error) => {
                self.decoder = None;
                let error = match error.downcast::<Error>() {
                    Ok(own) => own,
                    Err(other) => Error::connection_lost(MALFORMED).with_source(other),
                };
                Poll::Ready(Some(Err(error)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use futures_util::{StreamExt as _, stream};

    use super::*;

    fn gzip(text: &str) -> Vec<u8> {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(text.as_bytes()).unwrap();
        gzip.finish().unwrap()
    }

    async fn read(coding: Coding, body: &[u8], size: usize) -> Result<Vec<u8>, Error> {
        let chunks: Vec<_> = body.chunks(size).map(|c| Ok(Bytes::copy_from_slice(c))).collect();
        let mut decoded = decoded(coding, stream::iter(chunks));
        let mut all = Vec::new();
        while let Some(chunk) = decoded.next().await {
            all.extend_from_slice(&chunk?);
        }
        assert!(decoded.next().await.is_none());
        Ok(all)
    }

    #[tokio::test]
    async fn all_gzip_members_are_read_in_chunks_of_any_size() {
        let members = [gzip("one "), gzip(""), gzip("two")].concat();
        for size in [1, 3, 7, 1000] {
            assert_eq!(read(Coding::Gzip, &members, size).await.unwrap(), b"one two");
        }
        let brotli = [&[11, 2, 128][..], b"hello", &[3]].concat();
        for size in [1, 1000] {
            assert_eq!(read(Coding::Brotli, &brotli, size).await.unwrap(), b"hello");
        }
    }

    #[tokio::test]
    async fn a_damaged_body_is_an_error() {
        let whole = gzip("some text");
        for body in [&whole[..whole.len() - 1], b"not gzip", &[&whole[..], b"x"].concat()] {
            let error = read(Coding::Gzip, body, 1000).await.unwrap_err();
            assert!(error.to_string().starts_with(MALFORMED), "{error}");
        }
    }

    #[test]
    fn unsupported_codings_are_left_unchanged() {
        for name in ["identity", "zstd", "gzip, br", "gzipp"] {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_ENCODING, name.parse().unwrap());
            assert_eq!(Coding::take(&mut headers), None);
            assert_eq!(headers.len(), 1);
        }
    }
}
