//! SHA-256 as the record writes it: lower-case hex, as `sha256sum` prints it.

use sha2::{Digest, Sha256};

/// The digest of these bytes.
pub fn of(bytes: &[u8]) -> String {
    let mut digester = Digester::default();
    digester.update(bytes);
    digester.hexadecimal()
}

/// Digests bytes as they come.
#[derive(Debug, Clone, Default)]
pub struct Digester(Sha256);

impl Digester {
    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of what came so far.
    pub fn hexadecimal(&self) -> String {
        self.0.clone().finalize().iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
    }
}
