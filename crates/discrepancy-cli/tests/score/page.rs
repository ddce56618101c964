//! The report.

use crate::{examples, put, score_in};
use std::path::Path;

fn report(folder: &Path, words: &[&str]) -> String {
    let page = folder.join("page.html");
    let done = score_in(folder, &[words, &["--report", page.to_str().unwrap()]].concat());
    assert_eq!((done.stderr.as_str(), done.code), ("", 0));
    std::fs::read_to_string(page).unwrap()
}

/// Nothing outside is needed, no script runs, and no text of the data is markup.
#[test]
fn one_page_that_stands_alone() {
    let folder = tempfile::tempdir().unwrap();
    let hostile = "<script>alert(1)</script>";
    let text = format!("\"{hostile}\",y<b>,p\n\"{hostile}\",1,0.5\n$a^2$,0,0.25\n\"x\"\"y'\",0,0\n");
    put(folder.path(), "f.csv", text);
    let page = report(folder.path(), &["f.csv", "--target", "y<b>", "--probability", "p", "--by", hostile]);
    for banned in ["<script", "<b>", "src=", "href=", "@import", "<img", "<iframe"] {
        assert!(!page.contains(banned), "{banned}");
    }
    // Drawings refer to their own parts only.
    assert_eq!(page.matches("url(").count(), page.matches("url(#").count());
    assert!(page.contains("&lt;script&gt;") && page.contains(">$a^2$<") && page.contains("x&quot;y&#39;"));
    for tag in ["main", "section", "figure", "svg", "table", "tr", "td", "div", "p", "h2"] {
        let opened = page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
        assert!(opened > 0, "{tag}");
    }
}

/// Plots by segment and of the spread for each loss; calibration where there are probabilities of two classes.
#[test]
fn every_loss_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let calls: [(&str, &[&str], usize); 3] = [
        ("cancer.csv", &["--logits", "logit", "--by", "segment"], 2),
        ("digits.csv", &["--logits", "logit_*", "--by", "segment", "--by", "target"], 0),
        ("diabetes.csv", &["--prediction", "prediction", "--by", "segment"], 0),
    ];
    for (name, words, more) in calls {
        std::fs::copy(examples().join(name), folder.path().join(name)).unwrap();
        let words = [&[name, "--target", "target"], words].concat();
        let page = report(folder.path(), &words);
        let losses = page.matches("<div class=\"card\">").count();
        assert!(losses >= 2);
        assert_eq!(page.matches("<svg ").count(), 2 * losses + more, "{name}");
        assert_eq!(report(folder.path(), &[&words[..], &["--threads", "7"]].concat()), page);
        let files = std::fs::read_dir(folder.path()).unwrap().count();
        std::fs::remove_file(folder.path().join(name)).unwrap();
        assert_eq!(files, 2, "the page and the data, nothing half-written");
    }
}
