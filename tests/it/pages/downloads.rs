//! Downloads in ranges (RFC 9110 14), and what a browser may keep.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use crate::support::browser::Browser;
use crate::support::files::{a_picture, bring, send};
use crate::support::house::{ANNA, DAVID, House, WANG, Wanted};

struct Download {
    house: House,
    place: String,
}

const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz";

impl Download {
    async fn of(name: &str, bytes: &[u8]) -> Self {
        let house = House::with(Wanted::default()).await;
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let file = bring(&house, &anna, group, (name, bytes)).await.unwrap();
        send(&house, &anna, group, &[&file]).await.unwrap();
        Self { place: format!("/files/{}", file.id), house }
    }

    async fn ask(&self, method: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, Vec<u8>) {
        let browser = Browser::of(&self.house, ANNA).await;
        let request = browser.request(method, &self.place);
        let request = headers.iter().fold(request, |r, (name, value)| r.header(*name, *value));
        let answer = request.send().await.unwrap();
        let (status, head) = (answer.status(), answer.headers().clone());
        (status, head, answer.bytes().await.unwrap().to_vec())
    }
}

#[tokio::test]
async fn a_download_goes_on_where_it_broke_off() {
    let download = Download::of("letters.txt", LETTERS).await;
    let (status, head, body) = download.ask("GET", &[("accept-encoding", "gzip")]).await;
    assert_eq!((status, body.as_slice()), (StatusCode::OK, LETTERS));
    assert_eq!(
        (&head["accept-ranges"], &head["content-length"]),
        (&"bytes".parse().unwrap(), &"26".parse().unwrap())
    );
    assert!(!head.contains_key("content-encoding"), "compressed it could not be gone on with");
    assert_eq!(head["content-type"], "text/plain");
    let tag = head["etag"].to_str().unwrap().to_owned();
    for (range, part, place) in [
        ("bytes=0-3", "abcd", "bytes 0-3/26"),
        ("bytes=20-", "uvwxyz", "bytes 20-25/26"),
        ("bytes=20-999", "uvwxyz", "bytes 20-25/26"),
        ("bytes=-2", "yz", "bytes 24-25/26"),
    ] {
        let (status, head, body) = download.ask("GET", &[("range", range), ("if-range", &tag)]).await;
        assert_eq!((status, body.as_slice()), (StatusCode::PARTIAL_CONTENT, part.as_bytes()), "{range}");
        assert_eq!(
            (&head["content-range"], &head["content-length"]),
            (&place.parse().unwrap(), &part.len().to_string().parse().unwrap())
        );
        assert_eq!(head["etag"], tag);
    }
    for range in ["bytes=-999", "bytes=0-", "bytes=0-1,4-5", "bytes=x", "lines=1-2", "bytes=", "bytes=3-1x"] {
        let (status, head, body) = download.ask("GET", &[("range", range)]).await;
        assert_eq!((status, body.as_slice()), (StatusCode::OK, LETTERS), "{range}");
        assert!(!head.contains_key("content-range"));
    }
    for range in ["bytes=26-", "bytes=99-120"] {
        let (status, head, body) = download.ask("GET", &[("range", range)]).await;
        assert_eq!((status, body.len()), (StatusCode::RANGE_NOT_SATISFIABLE, 0), "{range}");
        assert_eq!(head["content-range"], "bytes */26");
    }
    // Of other contents: all of these.
    let (status, _, body) = download.ask("GET", &[("range", "bytes=0-3"), ("if-range", "\"other\"")]).await;
    assert_eq!((status, body.as_slice()), (StatusCode::OK, LETTERS));
}

#[tokio::test]
async fn the_head_alone_tells_size_type_and_name() {
    let download = Download::of("../预算 \"2027\".png", &a_picture(30, 20)).await;
    let (status, head, body) = download.ask("HEAD", &[]).await;
    assert_eq!((status, body.len()), (StatusCode::OK, 0));
    assert_eq!(head["content-type"], "image/png");
    assert_eq!(head["content-length"], a_picture(30, 20).len().to_string());
    let disposition = head["content-disposition"].to_str().unwrap();
    assert_eq!(
        disposition,
        "inline; filename=\"__ _2027_.png\"; filename*=UTF-8''%E9%A2%84%E7%AE%97%20_2027_.png"
    );
}

#[tokio::test]
async fn what_a_browser_has_is_not_sent_again() {
    let mut download = Download::of("plan.png", &a_picture(30, 20)).await;
    let whole = download.place.clone();
    for place in [whole.clone(), format!("{whole}/thumbnail")] {
        download.place = place;
        let (status, head, body) = download.ask("GET", &[]).await;
        assert!(status.is_success() && !body.is_empty());
        assert_eq!(head["cache-control"], "private, max-age=31536000, immutable");
        assert_eq!(head["content-security-policy"], "default-src 'none'; sandbox");
        let tag = head["etag"].to_str().unwrap();
        for known in [tag.to_owned(), format!("\"x\", {tag}"), format!("W/{tag}"), "*".to_owned()] {
            let (status, _, body) = download.ask("GET", &[("if-none-match", &known)]).await;
            assert_eq!((status, body.len()), (StatusCode::NOT_MODIFIED, 0), "{known}");
        }
        assert_eq!(download.ask("GET", &[("if-none-match", "\"x\"")]).await.0, StatusCode::OK);
    }
}
