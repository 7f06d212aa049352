use super::*;

fn rich(html: &str) -> Option<Rich> {
    read(html, |id| id == "plan@x" || id == "logo").and_then(|reading| reading.rich)
}

fn markup(html: &str) -> String {
    rich(html).map(|rich| rich.markup).unwrap_or_default()
}

#[test]
fn the_form_of_a_mail_is_kept_where_it_says_something() {
    for (html, expected) in [
        (
            "<div>Two things:<ul><li>one<li><b>two</b><ol><li>a</li></ol></li></ul>done</div>",
            "<p>Two things:</p><ul><li>one</li><li><strong>two</strong><ol><li>a</li></ol></li></ul><p>done</p>",
        ),
        (
            "<table><tr><th>Item</th><th>EUR</th></tr><tr><td>Pumps</td><td>4 &lt; 5</td></tr></table>",
            "<table><tr><th>Item</th><th>EUR</th></tr><tr><td>Pumps</td><td>4 &lt; 5</td></tr></table>",
        ),
        (
            "<p>See <a href=\"https://x.example/a?b=1&amp;c=2\">the <b>plan</b></a>.</p>",
            "<p>See <a href=\"https://x.example/a?b=1&amp;c=2\">the</a> <a href=\"https://x.example/a?b=1&amp;c=2\"><strong>plan</strong></a>.</p>",
        ),
        (
            "<p>Before <img src=\"cid:plan%40x\" alt=\"Plan\"> after</p><img src=CID:logo><img src=\"cid:plan@x\">",
            "<p>Before <img src=\"cid:plan@x\" alt=\"Plan\"> after</p><p><img src=\"cid:logo\" alt=\"\"><img src=\"cid:plan@x\" alt=\"\"></p>",
        ),
        ("<h1>Plan</h1><pre>a\n  b</pre>", "<h3>Plan</h3><pre>a\n  b</pre>"),
        // A picture that did not come along, one from elsewhere, one of a pixel.
        (
            "<li>x</li><img src=cid:gone alt=Gone><img src=https://t.example/p.gif width=1>",
            "<p>x<br>[Gone]</p>",
        ),
        (
            "<table><tr><td><table><tr><td>layout</td></tr></table></td><td><ul><li>x</ul></td></tr></table>",
            "<p>layout</p><ul><li>x</li></ul>",
        ),
    ] {
        assert_eq!(markup(html), expected, "{html}");
    }
}

#[test]
fn a_mail_whose_form_says_nothing_is_text() {
    for html in [
        "<div style=\"color:red\"><b>Yes</b>, <font>of course</font>.</div>",
        "<p><a href=\"https://x.example/\">https://x.example</a> <a href=\"mailto:a@x.example\">a@x.example</a></p>",
        "<table><tr><td>one cell</td></tr><tr><td>another</td></tr></table>",
        "Yes.<blockquote type=cite><ul><li>old</ul></blockquote>",
        "Yes.<div class=gmail_quote>On Fri, Nov 20, 2026 at 9:12 AM Anna &lt;a@x.example&gt; wrote:<blockquote><img src=cid:logo></blockquote></div>",
        "Yes.<br>-- <br>Anna <img src=cid:gone>",
    ] {
        assert_eq!(rich(html), None, "{html}");
    }
}

#[test]
fn quotation_and_signature_stay_out() {
    let html = "<div>See:<ul><li>a</ul></div><div>-- <br>Anna<br><img src=cid:logo></div>\
        <div class=\"gmail_quote\">On Fri, Nov 20, 2026 at 9:12 AM Ben &lt;b@x.example&gt; wrote:<blockquote><table>\
        <tr><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table></blockquote></div>";
    let rich = self::rich(html).unwrap();
    assert_eq!(rich.markup, "<p>See:</p><ul><li>a</li></ul>");
    assert_eq!(rich.text.new_text, "See:\n\n- a");
    let reading = read(html, |id| id == "logo").unwrap();
    assert_eq!(reading.hidden_pictures, ["logo"]);
    assert!(rich.text.quotation.contains("wrote:") && rich.text.signature.contains("Anna"));
    let alone = "<img src=\"cid:logo\"><br><blockquote type=\"cite\">On 20 Nov 2026, at 09:12, Ben wrote:<br>old</blockquote>";
    let alone_marked = format!("<div class=\"gmail_quote\">{alone}</div>").replace(
        "<div class=\"gmail_quote\"><img src=\"cid:logo\">",
        "<img src=\"cid:logo\"><div class=\"gmail_quote\">",
    );
    let rich = self::rich(&alone_marked).unwrap();
    assert_eq!(
        (rich.markup.as_str(), rich.text.new_text.as_str()),
        ("<p><img src=\"cid:logo\" alt=\"\"></p>", "")
    );
    assert!(rich.text.quotation.contains("old"));
}

#[test]
fn hostile_html_stays_small_and_closed() {
    let deep = "<ul><li>".repeat(20_000) + "x";
    let tables = "<table><tr><td>".repeat(10_000) + "x</table>";
    let open = "<li><a href=\"https://x.example\"><b><pre>".to_owned() + &"<td>".repeat(1_000);
    let quotes = "<li>\"><script>alert(1)</script><img src='cid:logo' alt='\"><script>'>".to_owned();
    for html in [deep, tables, open, quotes] {
        let out = markup(&html);
        assert!(out.len() < html.len() + 2_000 && !out.contains("<script"), "{}", out.len());
        let opened = out.matches("<li>").count() + out.matches("<ul>").count() + out.matches("<p>").count();
        let closed =
            out.matches("</li>").count() + out.matches("</ul>").count() + out.matches("</p>").count();
        assert_eq!(opened, closed);
    }
}
