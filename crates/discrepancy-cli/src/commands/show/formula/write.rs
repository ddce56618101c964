//! From pieces to text.

use super::parse::{Piece, Spaced};
use super::signs::{SUBSCRIPTS, SUPERSCRIPTS, Small};

/// A condition, with its "if".
pub(super) fn when(condition: &[Spaced]) -> String {
    match condition {
        [(Piece::Text(text), _)] => text.clone(),
        _ => format!("if {}", line(condition, false)),
    }
}

/// What a piece is to its neighbours.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    Atom,
    Number,
    Operator,
    Sign,
    Tight,
    Word,
    Large,
    /// And whether a call takes it: a parenthesis, but no bar.
    Open(bool),
    Close,
    Comma,
    Free,
}

fn role(piece: &Piece) -> Role {
    match piece {
        Piece::Atom(text) if text.starts_with(|c: char| c.is_ascii_digit()) => Role::Number,
        Piece::Atom(_) | Piece::Group(_) | Piece::Root(_) | Piece::Fraction(..) | Piece::Cases(_) => Role::Atom,
        Piece::Operator(_) => Role::Operator,
        Piece::Tight(_) => Role::Tight,
        Piece::Word(_) => Role::Word,
        Piece::Large(_) => Role::Large,
        Piece::Open(text) => Role::Open(text == "("),
        Piece::Close(_) => Role::Close,
        Piece::Comma(_) => Role::Comma,
        Piece::Blank(_) | Piece::Text(_) => Role::Free,
        Piece::Scripts { base, .. } => role(base),
    }
}

/// The pieces as text; scripts are set tight.
pub(super) fn line(pieces: &[Spaced], tight: bool) -> String {
    let mut text = String::new();
    let mut before: Option<Role> = None;
    for (i, (piece, blank)) in pieces.iter().enumerate() {
        let mut role = role(piece);
        let starts = matches!(
            before,
            None | Some(Role::Open(_) | Role::Operator | Role::Sign | Role::Tight | Role::Comma | Role::Free)
        );
        if role == Role::Operator && starts && matches!(piece, Piece::Operator(sign) if sign == "−" || sign == "+") {
            role = Role::Sign;
        }
        let after = pieces.get(i + 1).map(|(next, _)| self::role(next));
        let mut shown = show(piece, tight);
        // A fraction that a function takes, or that a factor follows, needs parentheses.
        let factor = matches!(after, Some(Role::Atom | Role::Number | Role::Word | Role::Large | Role::Open(_)));
        if matches!(piece, Piece::Fraction(..)) && (factor || before == Some(Role::Word)) && shown.contains('/') {
            shown = format!("({shown})");
            role = Role::Open(true);
        }
        let gap = match (before, role) {
            (None | Some(Role::Open(_) | Role::Sign | Role::Tight | Role::Free), _) => "",
            (_, Role::Close | Role::Comma | Role::Tight | Role::Free) => "",
            (Some(Role::Comma), _) => {
                if tight {
                    ""
                } else {
                    " "
                }
            }
            (Some(Role::Operator), _) | (_, Role::Operator) => {
                if tight {
                    ""
                } else {
                    " "
                }
            }
            (Some(Role::Word), Role::Open(true)) => "",
            (Some(Role::Atom | Role::Number | Role::Close), Role::Open(_)) => {
                if *blank && !tight {
                    " "
                } else {
                    ""
                }
            }
            (Some(Role::Number), Role::Number) => {
                if tight {
                    "·"
                } else {
                    " · "
                }
            }
            (Some(Role::Word | Role::Large), _) | (_, Role::Word | Role::Large) => " ",
            _ => {
                if tight {
                    ""
                } else {
                    " "
                }
            }
        };
        text.push_str(gap);
        text.push_str(&shown);
        // What was put in parentheses is closed again.
        before = Some(if matches!(piece, Piece::Fraction(..)) { Role::Close } else { role });
    }
    text
}

fn show(piece: &Piece, tight: bool) -> String {
    match piece {
        Piece::Atom(text) | Piece::Operator(text) | Piece::Tight(text) | Piece::Word(text) | Piece::Large(text) => {
            text.clone()
        }
        Piece::Open(text) | Piece::Close(text) | Piece::Comma(text) | Piece::Blank(text) | Piece::Text(text) => {
            text.clone()
        }
        Piece::Group(inner) => line(inner, tight),
        Piece::Root(inner) => format!("√{}", enclosed(inner, tight, Within::Root)),
        Piece::Fraction(above, below) => {
            let text = format!(
                "{}/{}",
                enclosed(above, tight, Within::Numerator),
                enclosed(below, tight, Within::Denominator)
            );
            match text.as_str() {
                "1/2" => "½".into(),
                "1/3" => "⅓".into(),
                "1/4" => "¼".into(),
                _ => text,
            }
        }
        Piece::Scripts { base, below, above } => {
            let mut text = show(base, tight);
            if let Some(below) = below {
                text.push_str(&script(&line(below, true), '_', SUBSCRIPTS));
            }
            if let Some(above) = above {
                text.push_str(&script(&line(above, true), '^', SUPERSCRIPTS));
            }
            text
        }
        Piece::Cases(rows) => {
            let row = |[value, condition]: &[Vec<Spaced>; 2]| match condition.as_slice() {
                [(Piece::Text(text), _)] => format!("{text} {}", line(value, false)),
                _ => format!("{} {}", line(value, false), when(condition)),
            };
            rows.iter().map(row).collect::<Vec<String>>().join(", ")
        }
    }
}

/// What asks for parentheses.
#[derive(Clone, Copy, PartialEq)]
enum Within {
    Root,
    Numerator,
    Denominator,
}

/// In parentheses, unless it can do without: one atom, one call, a product above a fraction.
fn enclosed(pieces: &[Spaced], tight: bool, within: Within) -> String {
    let text = line(pieces, tight);
    let roles: Vec<Role> = pieces.iter().map(|(piece, _)| role(piece)).collect();
    let nested = pieces.iter().any(|(piece, _)| matches!(piece, Piece::Fraction(..) | Piece::Cases(_)));
    let fraction = within != Within::Root;
    let bare = match roles.as_slice() {
        [Role::Atom | Role::Number | Role::Word] => true,
        // `ln b`
        [Role::Word, Role::Atom | Role::Number] => fraction,
        [Role::Word | Role::Atom, Role::Open(true), inner @ .., Role::Close] => !pieces[1].1 && balanced(inner),
        [Role::Open(true), inner @ .., Role::Close] => fraction && balanced(inner),
        _ => false,
    };
    let product = within == Within::Numerator && !outside(&roles).contains(&Role::Operator);
    if (bare || product) && !nested { text } else { format!("({text})") }
}

/// Whether what stands inside parentheses opens before it closes, everywhere.
fn balanced(inner: &[Role]) -> bool {
    let mut depth = 0;
    inner.iter().all(|role| {
        depth += i32::from(matches!(role, Role::Open(_))) - i32::from(*role == Role::Close);
        depth >= 0
    })
}

/// What stands outside of all parentheses.
fn outside(roles: &[Role]) -> Vec<Role> {
    let mut depth = 0;
    let mut found = Vec::new();
    for role in roles {
        depth += i32::from(matches!(role, Role::Open(_)));
        if depth == 0 {
            found.push(*role);
        }
        depth -= i32::from(*role == Role::Close);
    }
    found
}

/// A script in small letters if there are such, else after its sign.
fn script(text: &str, sign: char, (large, small): Small) -> String {
    let find = |c: char| large.chars().zip(small.chars()).find(|(large, _)| *large == c).map(|(_, small)| small);
    if let Some(small) = text.chars().map(find).collect::<Option<String>>() {
        return small;
    }
    if text.chars().count() == 1 { format!("{sign}{text}") } else { format!("{sign}({text})") }
}
