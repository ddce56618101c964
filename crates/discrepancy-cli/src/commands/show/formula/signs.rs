//! The signs that stand for commands and scripts.

/// Letters that have a small form, and that form.
pub(super) type Small = (&'static str, &'static str);

pub(super) const SUPERSCRIPTS: Small =
    ("0123456789+−()abcdefghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ");
pub(super) const SUBSCRIPTS: Small = ("0123456789+−aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ");

pub(super) fn double_struck(c: char) -> char {
    match c {
        'E' => '𝔼',
        'R' => 'ℝ',
        'N' => 'ℕ',
        'P' => 'ℙ',
        other => other,
    }
}

/// The sign of a command that stands for one.
pub(super) fn symbol(name: &str) -> Option<&'static str> {
    let mut words = SYMBOLS.split_whitespace();
    while let (Some(command), Some(sign)) = (words.next(), words.next()) {
        if command == name {
            return Some(sign);
        }
    }
    None
}

const SYMBOLS: &str = "
    alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ kappa κ lambda λ mu μ nu ν xi ξ pi π rho ρ
    sigma σ tau τ phi φ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Phi Φ Psi Ψ Omega Ω
    sum Σ prod Π int ∫ infty ∞ partial ∂ nabla ∇ neg not le ≤ leq ≤ ge ≥ geq ≥ ne ≠ neq ≠ cdot · times × pm ±
    in ∈ to → wedge and vee or approx ≈ sim ~ odot ⊙ langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉
    | ‖ lVert ‖ rVert ‖ lvert | rvert | vert | { { } } dots … ldots … cdots … top ᵀ prime ′ ell ℓ";
