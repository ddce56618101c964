//! The catalogue as SQL.
