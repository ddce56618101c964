//! The commands, one file each: arguments first, then what is done with them.

pub(crate) mod distance;
pub(crate) mod explore;
pub(crate) mod list;
pub(crate) mod score;
pub(crate) mod show;
pub(crate) mod sql;
