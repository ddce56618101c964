//! From TeX to pieces.

use super::signs::{double_struck, symbol};
use super::write::line;
use std::iter::Peekable;
use std::str::Chars;

/// A piece of a formula.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    /// A letter, a number, a symbol; and whether a blank stands before it.
    Atom(String),
    /// `+`, `=`, …: blanks on both sides, unless it is a sign.
    Operator(String),
    /// `/`: no blanks.
    Tight(String),
    /// The name of a function.
    Word(String),
    /// `Σ`, `∫`: what it acts on follows after a blank.
    Large(String),
    Open(String),
    Close(String),
    Comma(String),
    Blank(String),
    Text(String),
    Group(Vec<Spaced>),
    Root(Vec<Spaced>),
    Fraction(Vec<Spaced>, Vec<Spaced>),
    Scripts {
        base: Box<Piece>,
        below: Option<Vec<Spaced>>,
        above: Option<Vec<Spaced>>,
    },
    Cases(Vec<[Vec<Spaced>; 2]>),
}

/// A piece, and whether the source has a blank before it: `k(x)` is a call, `k (x)` a product.
pub(super) type Spaced = (Piece, bool);

/// The pieces of a formula.
pub(super) fn parse(tex: &str) -> Vec<Spaced> {
    Parser { rest: tex.chars().peekable(), bars: [false; 2] }.sequence()
}

struct Parser<'a> {
    rest: Peekable<Chars<'a>>,
    /// Whether a `|` or a `‖` is open.
    bars: [bool; 2],
}

impl Parser<'_> {
    /// Up to the end of the group, cell, row or environment.
    fn sequence(&mut self) -> Vec<Spaced> {
        let mut pieces: Vec<Spaced> = Vec::new();
        let mut blank = false;
        while let Some(&next) = self.rest.peek() {
            match next {
                ' ' | '~' => {
                    self.rest.next();
                    blank = true;
                    continue;
                }
                '}' | '&' => break,
                '_' | '^' => {
                    self.rest.next();
                    let script = self.argument();
                    add_script(&mut pieces, script, next == '_');
                }
                '\'' => {
                    self.rest.next();
                    if let Some((Piece::Atom(text), _)) = pieces.last_mut() {
                        text.push('′');
                    }
                }
                '\\' => {
                    let mut ahead = self.rest.clone();
                    ahead.next();
                    // A row or an environment ends; its owner reads on.
                    if ahead.peek() == Some(&'\\') || ahead.clone().take(3).eq("end".chars()) {
                        break;
                    }
                    self.rest.next();
                    let name = self.name();
                    if matches!(
                        name.as_str(),
                        "," | ";" | ":" | "!" | "left" | "right" | "Bigl" | "Bigr" | "bigl" | "bigr"
                    ) {
                        let side = matches!(name.as_str(), "left" | "Bigl" | "bigl");
                        if name.len() > 1 {
                            self.delimiter(side, blank, &mut pieces)
                        } else {
                            blank |= name != "!"
                        }
                        if name.len() > 1 {
                            blank = false
                        }
                        continue;
                    }
                    let piece = self.command(&name);
                    pieces.push((piece, blank));
                }
                _ => {
                    let piece = self.plain();
                    pieces.push((piece, blank));
                }
            }
            blank = false;
        }
        pieces
    }

    /// A letter, number, sign or bracket.
    fn plain(&mut self) -> Piece {
        let Some(first) = self.rest.next() else { return Piece::Blank(String::new()) };
        match first {
            '{' => {
                let inner = self.sequence();
                self.rest.next();
                Piece::Group(inner)
            }
            '0'..='9' => {
                let mut number = String::from(first);
                while let Some(digit) = self.rest.next_if(|c| c.is_ascii_digit() || *c == '.') {
                    number.push(digit);
                }
                Piece::Atom(number)
            }
            '-' => Piece::Operator("−".into()),
            '+' | '=' | '<' | '>' => Piece::Operator(first.into()),
            '/' => Piece::Tight(first.into()),
            '(' | '[' => Piece::Open(first.into()),
            ')' | ']' => Piece::Close(first.into()),
            '|' => self.bar(0),
            ',' | ';' => Piece::Comma(first.into()),
            other => Piece::Atom(other.into()),
        }
    }

    /// A bar opens or closes by turns.
    fn bar(&mut self, kind: usize) -> Piece {
        let text = ["|", "‖"][kind].to_owned();
        self.bars[kind] = !self.bars[kind];
        if self.bars[kind] { Piece::Open(text) } else { Piece::Close(text) }
    }

    /// What follows `\left` or `\right`.
    fn delimiter(&mut self, opens: bool, blank: bool, pieces: &mut Vec<Spaced>) {
        let text = match self.rest.next() {
            Some('.') | None => return,
            Some('\\') => match self.name().as_str() {
                "{" => "{".to_owned(),
                "}" => "}".to_owned(),
                name => symbol(name).map_or(name.to_owned(), str::to_owned),
            },
            Some(c) => c.to_string(),
        };
        pieces.push((if opens { Piece::Open(text) } else { Piece::Close(text) }, blank));
    }

    /// The name of a command: letters, or one other sign.
    fn name(&mut self) -> String {
        let mut name = String::new();
        while let Some(letter) = self.rest.next_if(char::is_ascii_alphabetic) {
            name.push(letter);
        }
        if name.is_empty() {
            name.extend(self.rest.next());
        }
        name
    }

    /// One argument: a group, a command, or a single sign.
    fn argument(&mut self) -> Vec<Spaced> {
        while self.rest.next_if_eq(&' ').is_some() {}
        match self.rest.peek() {
            Some('{') => match self.plain() {
                Piece::Group(inner) => inner,
                other => vec![(other, false)],
            },
            Some('\\') => {
                self.rest.next();
                let name = self.name();
                vec![(self.command(&name), false)]
            }
            Some(_) => self.rest.next().map(|c| (Piece::Atom(c.into()), false)).into_iter().collect(),
            None => Vec::new(),
        }
    }

    /// An argument as it stands.
    fn raw(&mut self) -> String {
        self.rest.next_if_eq(&'{');
        let mut text = String::new();
        let mut depth = 0;
        for c in self.rest.by_ref() {
            depth += i32::from(c == '{') - i32::from(c == '}');
            if depth < 0 {
                break;
            }
            text.push(c);
        }
        text
    }

    fn command(&mut self, name: &str) -> Piece {
        match name {
            "frac" | "tfrac" | "dfrac" => {
                let above = self.argument();
                Piece::Fraction(above, self.argument())
            }
            "sqrt" => Piece::Root(self.argument()),
            "text" => Piece::Text(self.raw()),
            "operatorname" => Piece::Word(self.raw()),
            "mathrm" => Piece::Word(self.raw()),
            "mathbb" => Piece::Atom(self.raw().chars().map(double_struck).collect()),
            "bar" | "hat" | "tilde" => {
                let accent = if name == "bar" {
                    '\u{304}'
                } else if name == "hat" {
                    '\u{302}'
                } else {
                    '\u{303}'
                };
                Piece::Atom(format!("{}{accent}", line(&self.argument(), true)))
            }
            "begin" => self.cases(),
            "|" => self.bar(1),
            "quad" | "qquad" => Piece::Blank("  ".into()),
            "sum" | "prod" | "int" => Piece::Large(symbol(name).unwrap_or(name).into()),
            "langle" | "lfloor" | "lceil" | "{" => Piece::Open(symbol(name).unwrap_or(name).into()),
            "rangle" | "rfloor" | "rceil" | "}" => Piece::Close(symbol(name).unwrap_or(name).into()),
            "le" | "leq" | "ge" | "geq" | "ne" | "neq" | "cdot" | "times" | "pm" | "in" | "to" | "wedge" | "vee"
            | "approx" | "sim" | "odot" => Piece::Operator(symbol(name).unwrap_or(name).into()),
            "neg" | "partial" | "nabla" => Piece::Atom(symbol(name).unwrap_or(name).into()),
            _ => symbol(name).map_or_else(|| Piece::Word(name.into()), |text| Piece::Atom(text.into())),
        }
    }

    /// `\begin{cases} … \end{cases}`, the first command read.
    fn cases(&mut self) -> Piece {
        self.raw();
        let mut rows = Vec::new();
        loop {
            let value = self.sequence();
            let condition = if self.rest.next_if_eq(&'&').is_some() { self.sequence() } else { Vec::new() };
            rows.push([value, condition]);
            self.rest.next();
            match self.rest.next() {
                Some('\\') => {}
                // `\end{cases}`, or a formula that stops too early.
                Some(_) => {
                    self.name();
                    self.raw();
                    break;
                }
                None => break,
            }
        }
        Piece::Cases(rows)
    }
}

fn add_script(pieces: &mut Vec<Spaced>, script: Vec<Spaced>, is_below: bool) {
    let (base, blank) = pieces.pop().unwrap_or((Piece::Blank(String::new()), false));
    let (base, mut below, mut above) = match base {
        Piece::Scripts { base, below, above } => (base, below, above),
        base => (Box::new(base), None, None),
    };
    if is_below {
        below = Some(script)
    } else {
        above = Some(script)
    }
    pieces.push((Piece::Scripts { base, below, above }, blank));
}
