//! The page that is checked in is of this catalogue, whole, and needs nothing from elsewhere.

use discrepancy_explorer::{PAGE, digest};

#[test]
fn the_page_is_of_this_catalogue() {
    let mark = format!("<meta name=\"catalogue-digest\" content=\"{}\" />", digest());
    assert!(PAGE.contains(&mark), "explorer.html is stale or not built: `cargo xtask explorer` makes it again");
}

/// Nothing is loaded: no script, style, picture or font of another address, and no request from code; the tests in Chromium watch for the rest.
#[test]
fn the_page_needs_nothing_else() {
    for loading in [
        "src=\"http",
        "src=\"/",
        "href=\"http",
        "url(http",
        "url(/",
        "@import",
        "window.fetch",
        "XMLHttpRequest",
        "WebSocket(",
        "sendBeacon",
    ] {
        assert!(!PAGE.contains(loading), "{loading}");
    }
}
