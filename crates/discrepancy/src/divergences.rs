//! Divergences between two distributions; `p`, the first argument, is the reference.

use crate::catalog::Entry;

/// The catalogue entries of this family.
pub const LIST: &[&Entry] = &[];
