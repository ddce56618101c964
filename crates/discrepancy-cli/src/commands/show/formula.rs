//! Formulas in TeX, as far as the catalogue writes them, in one line of Unicode text: `\frac{a}{b}` is a/b, `x_i^2` is
//! xᵢ², `\sum_i` is Σᵢ. A choice between cases takes a line for each case.

mod parse;
mod signs;
mod write;

use parse::{Piece, parse};
use write::{line, when};

/// The formula as lines: one, or one for each case.
pub(crate) fn lines(tex: &str) -> Vec<String> {
    let pieces = parse(tex);
    let [(Piece::Cases(rows), _)] = pieces.as_slice() else {
        return vec![line(&pieces, false)];
    };
    let rows: Vec<[String; 2]> = rows.iter().map(|[value, condition]| [line(value, false), when(condition)]).collect();
    let width = rows.iter().map(|[value, _]| value.chars().count()).max().unwrap_or(0);
    let last = rows.len().saturating_sub(1);
    let brace = |i: usize| match i {
        0 => '⎧',
        i if i == last => '⎩',
        i if 2 * i == last => '⎨',
        _ => '⎪',
    };
    let row = |(i, [value, condition]): (usize, &[String; 2])| format!("{} {value:<width$}  {condition}", brace(i));
    rows.iter().enumerate().map(row).collect()
}

/// The formula in one line.
pub(crate) fn inline(tex: &str) -> String {
    line(&parse(tex), false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use discrepancy::catalog::{self, Measure};

    #[test]
    fn formulas_read_as_written() {
        for (tex, wanted) in [
            (r"\max(0, \mu - y z)", "max(0, μ − y z)"),
            (r"\frac{1}{\ln b} \ln\left(1 + e^{-y z}\right)", "(1/ln b) ln(1 + e⁻ʸᶻ)"),
            (r"\sum_i p_i \ln \frac{p_i}{q_i}", "Σᵢ pᵢ ln(pᵢ/qᵢ)"),
            (r"1 - \frac{a \cdot b}{\|a\| \|b\|}", "1 − (a · b)/(‖a‖ ‖b‖)"),
            (r"\left(\sum_i |a_i - b_i|^p\right)^{1/p}", "(Σᵢ |aᵢ − bᵢ|ᵖ)^(1/p)"),
            (r"\sqrt{\tfrac12 \sum_i (\sqrt{p_i} - \sqrt{q_i})^2}", "√(½ Σᵢ (√pᵢ − √qᵢ)²)"),
            (r"-\alpha_y (1 - p_y)^\gamma \ln p_y, \quad p_1 = \sigma(z)", "−α_y (1 − p_y)^γ ln p_y,  p₁ = σ(z)"),
            (r"\sqrt{\mathrm{JS}(p, q)}", "√JS(p, q)"),
            (r"\frac1n \sum_i [a_i \ne b_i]", "(1/n) Σᵢ [aᵢ ≠ bᵢ]"),
            (r"\mathbb{E} k(x, x') - 2 \mathbb{E} k(x, y)", "𝔼 k(x, x′) − 2 𝔼 k(x, y)"),
            (r"1 \text{ if } y z \le t \text{ else } 0", "1 if y z ≤ t else 0"),
            (r"1 - y_{\operatorname{argmax} z}", "1 − y_(argmax z)"),
            (r"-\frac{\sigma\left(-m\right)}{\ln\left(2\right)}", "−σ(−m)/ln(2)"),
            (r"2 \, \left(x + y\right) \, \left(x - y\right)", "2 (x + y) (x − y)"),
            (
                r"\left(\begin{cases} 1 & p = 0 \\ -p & \text{otherwise} \end{cases}\right) \, p",
                "(1 if p = 0, otherwise −p) p",
            ),
            (r"\frac{p - y}{p \, \left(1 - p\right)}", "(p − y)/(p (1 − p))"),
            (r"4 \, \frac{\left(1 - p\right)^{2}}{\left(1 + p\right)^{2}} + 1", "4 (1 − p)²/(1 + p)² + 1"),
            (r"0.1 \, 0.2 \, \left|r\right|", "0.1 · 0.2 |r|"),
        ] {
            assert_eq!(inline(tex), wanted, "{tex}");
        }
        let cases = r"\begin{cases} -1 & m < 1 \\ 0 & \text{otherwise} \end{cases}";
        assert_eq!(lines(cases), ["⎧ −1  if m < 1", "⎩ 0   otherwise"]);
    }

    #[test]
    fn every_formula_of_the_catalogue_is_readable() {
        for entry in catalog::entries() {
            let mut formulas = vec![entry.formula.to_owned()];
            if let Ok(Measure::Pointwise(loss)) = entry.make(&entry.defaults()) {
                formulas.extend([None, Some(0.0), Some(1.0)].iter().flat_map(|target| loss.trace(*target)));
            }
            for formula in formulas {
                let text = lines(&formula).join("\n");
                assert!(!text.contains(['\\', '{', '}', '&', '$']), "{}: {formula} is {text}", entry.name);
                let count = |signs: &[char]| text.matches(signs).count();
                assert_eq!(count(&['(', '⁽']), count(&[')', '⁾']), "{}: {formula} is {text}", entry.name);
            }
        }
    }
}
