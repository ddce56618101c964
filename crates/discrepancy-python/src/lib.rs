//! The private extension module `discrepancy._core`: the library, as the Python package calls it.
//!
//! Nothing is computed here. Memory comes in (`array`) and goes out (`result`) without a copy where that is
//! possible, errors become exceptions (`failure`), and threads are counted (`threads`). The package over it, in
//! `python/discrepancy`, is made from the catalogue by `generate.py`.

mod array;
mod arrow;
mod catalogue;
mod failure;
mod losses;
mod measure;
mod pairs;
mod result;
mod rows;
mod samples;
mod sequences;
mod states;
mod threads;
mod tuples;

use pyo3::prelude::*;

/// See `_core.pyi`.
#[pymodule]
mod _core {
    #[pymodule_export]
    use crate::catalogue::{catalogue, parse};
    #[pymodule_export]
    use crate::measure::Measure;
    #[pymodule_export]
    use crate::result::Buffer;
    #[pymodule_export]
    use crate::states::RowStates;
    #[pymodule_export]
    use crate::threads::{after_fork, get_threads, set_threads, set_threads_here};
}
