//! A file of the user's, plain or gzip, a hundred times over.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::PathBuf;

use flate2::read::MultiGzDecoder;

use super::Input;

/// A file of the user's, several times over.
#[derive(Clone, Debug)]
pub(in super::super) struct Repeated {
    pub(in super::super) path: PathBuf,
    pub(in super::super) times: usize,
}

impl Input for Repeated {
    fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let size = self.path.metadata().map_or(0, |metadata| metadata.len());
        format!("{}-{size}-x{}.txt", name.trim_end_matches(".gz").trim_end_matches(".txt"), self.times)
    }

    fn write(&self, output: &mut dyn Write) -> io::Result<()> {
        let is_gzip = self.path.extension().is_some_and(|extension| extension == "gz");
        for _ in 0..self.times {
            let file = BufReader::new(File::open(&self.path)?);
            let mut content: Box<dyn Read> = if is_gzip { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
            io::copy(&mut content, output)?;
        }
        Ok(())
    }
}
