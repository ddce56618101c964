//! `discrepancy explore`.

use crate::failure::{Failure, Outcome};
use crate::output::{print, write_file};
use clap::ValueEnum;
use discrepancy::catalog::Family;
use discrepancy::catalog::spec::parse;
use discrepancy_explorer::PAGE;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use tiny_http::{Header, Method, Response, Server};

/// What `discrepancy explore` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  discrepancy explore
  discrepancy explore focal:gamma=2 --lang zh
  discrepancy explore --out explorer.html

The page computes with the library itself, compiled and inside the page: no request leaves this machine.")]
pub(crate) struct Arguments {
    /// The loss to start with: `name` or `name:parameter=value,…`.
    #[arg(value_name = "SPEC")]
    spec: Option<String>,
    /// The language of the page; else that of the browser.
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    lang: Option<Language>,
    /// Write the page into this file instead: it needs neither network nor server.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["port", "no_open"])]
    out: Option<PathBuf>,
    /// The port on this machine's own address; a free one if none is given.
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    port: u16,
    /// Do not open a browser.
    #[arg(long)]
    no_open: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Language {
    /// English.
    En,
    /// Chinese.
    Zh,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let start = start(arguments)?;
    if let Some(file) = &arguments.out {
        if file.is_dir() {
            return Err(Failure::usage(format!("{}: is a folder; a file is wanted", file.display())));
        }
        write_file(file, |out| out.write_all(page_starting_at(&start).as_bytes()))?;
        return print(&format!("{}\n", file.display()));
    }
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port));
    let server = Server::http(address)
        .map_err(|error| Failure::new(format!("cannot listen on {address}: {error}; `--port` chooses another port")))?;
    let port = server.server_addr().to_ip().map_or(arguments.port, |address| address.port());
    let link = format!("http://127.0.0.1:{port}/{start}");
    print(&format!("{link}\nCtrl-C ends it.\n"))?;
    if !arguments.no_open && open::that_detached(&link).is_err() {
        eprintln!("no browser could be opened; the link above leads there");
    }
    serve(&server);
    Ok(())
}

/// The part of a link that says what the page starts with; empty for its own start.
fn start(arguments: &Arguments) -> Outcome<String> {
    let mut chosen = Vec::new();
    if let Some(spec) = &arguments.spec {
        let (entry, values) = parse(spec).map_err(Failure::usage)?;
        entry.make(&values).map_err(Failure::usage)?;
        if entry.family != Family::Pointwise {
            return Err(Failure::usage(format!(
                "{}: the page starts with a loss of one prediction and one target; `discrepancy list --family pointwise` names them",
                entry.name
            )));
        }
        chosen.push(format!("spec={}", entry.spec(&values).replace(' ', "%20")));
    }
    if let Some(language) = arguments.lang {
        chosen.push(match language {
            Language::En => "lang=en".to_owned(),
            Language::Zh => "lang=zh".to_owned(),
        });
    }
    Ok(if chosen.is_empty() { String::new() } else { format!("#loss?{}", chosen.join("&")) })
}

/// A file has no link to say what it starts with, so it says it itself.
fn page_starting_at(start: &str) -> String {
    if start.is_empty() {
        return PAGE.to_owned();
    }
    let script =
        format!("<script>if (!location.hash) location.hash = {};</script>\n</head>", serde_json::Value::from(start));
    PAGE.replacen("</head>", &script, 1)
}

/// Gives the page to whoever asks, until the process ends.
fn serve(server: &Server) {
    for request in server.incoming_requests() {
        let path = request.url().split(['?', '#']).next().unwrap_or_default();
        let reading = matches!(request.method(), Method::Get | Method::Head);
        let response = match (reading, path) {
            (true, "/") => {
                let kind = Header::from_bytes("Content-Type", "text/html; charset=utf-8").ok();
                kind.into_iter().fold(Response::from_data(PAGE.as_bytes()), Response::with_header)
            }
            (true, _) => Response::from_data(Vec::new()).with_status_code(404),
            (false, _) => Response::from_data(Vec::new()).with_status_code(405),
        };
        // A browser that hangs up asks again if it wants to.
        let _ = request.respond(response);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed test is meant to panic")]
mod tests {
    use super::*;

    fn starting(spec: Option<&str>) -> Arguments {
        Arguments { spec: spec.map(str::to_owned), lang: Some(Language::Zh), out: None, port: 0, no_open: true }
    }

    #[test]
    fn a_link_says_what_was_asked_for() {
        assert_eq!(start(&starting(Some("focal:gamma=3"))).unwrap(), "#loss?spec=focal:gamma=3&lang=zh");
        assert_eq!(start(&starting(None)).unwrap(), "#loss?lang=zh");
        assert!(start(&starting(Some("focla"))).is_err());
        assert!(start(&starting(Some("euclidean"))).is_err());
    }

    #[test]
    fn a_file_says_it_itself() {
        let page = page_starting_at("#loss?lang=zh");
        assert_eq!(
            page.len() - PAGE.len(),
            "<script>if (!location.hash) location.hash = \"#loss?lang=zh\";</script>\n".len()
        );
        assert_eq!(page_starting_at(""), PAGE);
    }
}
