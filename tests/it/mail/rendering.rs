//! HTML of strangers and Markdown of members: what is shown, and what never is.

use mailmoot::mail::sanitize::{render_mail_text, render_markdown, sanitize_mail_html, with_pictures};

#[test]
fn nothing_in_foreign_html_acts() {
    for html in [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg><script>alert(1)</script></svg>",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
        "<a href=\"java\nscript:alert(1)\">x</a>",
        "<a href=\"JaVaScRiPt:alert(1)\">x</a>",
        "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
        "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
        "<form action=https://evil.example><input type=submit></form>",
        "<base href=https://evil.example/><link rel=stylesheet href=https://evil.example/x.css>",
        "<meta http-equiv=refresh content=0;url=https://evil.example>",
        "<p style=\"background:url(https://evil.example)\" class=page id=top>x</p>",
        "<img src=https://evil.example/p.gif srcset=https://evil.example/q.gif>",
        "<img src=\"cid:x\" onload=\"alert(1)\">",
        "<a title='<img src=\"cid: onerror=alert(1) \">' href=https://x.example>x</a>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
        "<template><img src=x onerror=alert(1)></template>",
        "<table background=https://evil.example/x.gif><td background=https://evil.example/y.gif>x</table>",
    ] {
        let safe = sanitize_mail_html(html);
        let safe = with_pictures(&safe, |id| Some(format!("/files/{id}")));
        let lower = safe.as_str().to_lowercase();
        let tags: String = lower
            .split('<')
            .skip(1)
            .filter_map(|tag| tag.split('>').next())
            .map(|tag| format!("<{tag}>"))
            .collect();
        for bad in [
            "<script",
            "<svg",
            "<iframe",
            "<form",
            "<input",
            "<style",
            "<base",
            "<link",
            "<meta",
            "javascript:",
            "data:",
            "class=",
            "style=",
            "evil.example",
            " id=",
        ] {
            assert!(!tags.contains(bad), "{bad} in {safe} from {html}");
        }
        for handler in [" onerror=", " onload=", " onclick="] {
            let free = tags.replace("title=\"", "").contains(handler) && !lower.contains("title=");
            assert!(!free, "{handler} in {safe} from {html}");
        }
    }
}

#[test]
fn an_attribute_that_looks_like_a_picture_stays_an_attribute() {
    let safe = sanitize_mail_html(
        "<a title='<img src=\"cid: onmouseover=alert(1) x=\">' href=https://x.example>y</a>",
    );
    let again = sanitize_mail_html(with_pictures(&safe, |_| Some("/f".to_owned())).as_str());
    assert!(safe.as_str().starts_with("<a title=\""), "{safe}");
    assert!(!again.as_str().contains(" onmouseover=alert(1) x=\" "), "{again}");
    assert_eq!(safe, again);
}

#[test]
fn pictures_of_the_mail_find_their_place() {
    let safe = sanitize_mail_html(
        "<p><img src='cid:a&amp;b' alt='A' width='40'><img src='https://x.example/y.png' alt='B'></p>",
    );
    assert_eq!(safe.as_str(), "<p><img data-cid=\"a&amp;b\" alt=\"A\" width=\"40\"><img alt=\"B\"></p>");
    let shown = with_pictures(&safe, |id| (id == "a&b").then(|| "/files/1".to_owned()));
    assert_eq!(shown.as_str(), "<p><img src=\"/files/1\" alt=\"A\" width=\"40\"><img alt=\"B\"></p>");
}

#[test]
fn markdown_is_shown_as_a_chat_shows_it() {
    for (markdown, html) in [
        ("one\ntwo", "<p>one<br>\ntwo</p>\n"),
        ("**b** _i_ ~~s~~ `c`", "<p><strong>b</strong> <em>i</em> <del>s</del> <code>c</code></p>\n"),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>\n"),
        ("a <script>alert(1)</script>", "<p>a &lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("[a **b**](/c) ![d](data:e)", "<p>[a <strong>b</strong>](/c) ![d](data:e)</p>\n"),
        ("<b>\n**x** `<i>`", "<p>&lt;b&gt;<br>\n<strong>x</strong> <code>&lt;i&gt;</code></p>\n"),
        ("<div>**x**\n\n</div>", "<p>&lt;div&gt;<strong>x</strong></p>\n<p>&lt;/div&gt;</p>\n"),
        ("<!-- **x**", "<p>&lt;!-- <strong>x</strong></p>\n"),
        ("```<b>\n<i>\n```", "<pre><code class=\"language-&lt;b&gt;\">&lt;i&gt;\n</code></pre>\n"),
        (
            "<https://x.example> [y](<https://y.example/a b>)",
            "<p><a href=\"https://x.example\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">https://x.example</a> \
             <a href=\"https://y.example/a%20b\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">y</a></p>\n",
        ),
        ("`https://x.example`", "<p><code>https://x.example</code></p>\n"),
    ] {
        assert_eq!(render_markdown(markdown).as_str(), html, "{markdown}");
    }
    let table = render_markdown("| a | b |\n| --- | --- |\n| 1 | 2 |");
    assert!(table.as_str().contains("<table>") && table.as_str().contains("<td>2</td>"), "{table}");
    let tasks = render_markdown("- [x] done\n- [ ] open");
    assert!(tasks.as_str().contains("type=\"checkbox\""), "{tasks}");
    let picture = render_markdown("![a picture](https://x.example/y.png)");
    assert!(
        !picture.as_str().contains("<img") && picture.as_str().contains("href=\"https://x.example/y.png\""),
        "{picture}"
    );
}

#[test]
fn bare_links_end_before_chinese_punctuation() {
    let html = render_markdown("见 https://intranet.example/doc/1，谢谢（a@corp.example）。");
    assert!(html.as_str().contains("href=\"https://intranet.example/doc/1\""), "{html}");
    assert!(html.as_str().contains("href=\"mailto:a@corp.example\""), "{html}");
    assert!(html.as_str().contains("</a>，谢谢（"), "{html}");
}

#[test]
fn mail_text_is_text_with_lines_and_links() {
    let html = render_mail_text("One <b>\ntwo https://x.example/?a=1&b=2\n\n*three*");
    assert_eq!(
        html.as_str(),
        "<p>One &lt;b&gt;<br>two <a href=\"https://x.example/?a=1&amp;b=2\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">https://x.example/?a=1&amp;b=2</a></p><p>*three*</p>"
    );
}
