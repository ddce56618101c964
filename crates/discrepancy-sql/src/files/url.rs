//! `FROM 'file.csv'`: what is no table by its name is looked for among the files.

use super::{Files, Table};
use datafusion::catalog::UrlTableFactory;
use datafusion::datasource::TableProvider;
use datafusion::error::Result;
use std::path::PathBuf;
use std::sync::Arc;

/// Opens files by their names.
#[derive(Debug)]
pub(crate) struct Addresses {
    /// On so many threads.
    pub(crate) threads: usize,
}

#[async_trait::async_trait]
impl UrlTableFactory for Addresses {
    async fn try_new(&self, url: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        let path = PathBuf::from(url.strip_prefix("file://").unwrap_or(url));
        let pattern = url.contains(['*', '?', '[']);
        // A table that does not exist is somebody else's to name.
        if !(pattern || path.exists()) {
            return Ok(None);
        }
        let files = Files::find(&[path])?;
        Ok(Some(Arc::new(Table::open(&files, self.threads)?)))
    }
}
