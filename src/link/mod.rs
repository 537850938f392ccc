//! How messages travel: over a Unix socket, or through a pair of channels in one process. Carries
//! frames and knows nothing of what they say.

mod socket;

pub use socket::{Listener, connect};

use tokio::sync::mpsc;

use crate::protocol::Frame;

/// How many frames may wait in one direction before the sender has to.
const QUEUE_FRAMES: usize = 256;

/// One end of a conversation.
#[derive(Debug)]
pub struct Connection {
    /// Frames to the other side.
    pub sender: mpsc::Sender<Frame>,
    /// Frames from the other side; ends when it is gone.
    pub receiver: mpsc::Receiver<Frame>,
}

/// What can go wrong between two processes.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The socket could not be used.
    #[error("cannot {action} {path}")]
    Socket {
        /// What was tried.
        action: &'static str,
        /// On which socket.
        path: std::path::PathBuf,
        /// The system's answer.
        #[source]
        source: std::io::Error,
    },
    /// Another user's process is at the other end.
    #[error("the process at the other end of {path} belongs to user {uid}")]
    ForeignPeer {
        /// Which socket.
        path: std::path::PathBuf,
        /// Whose process.
        uid: u32,
    },
}

/// Two ends of a conversation within one process.
pub fn pair() -> (Connection, Connection) {
    let (to_second, from_first) = mpsc::channel(QUEUE_FRAMES);
    let (to_first, from_second) = mpsc::channel(QUEUE_FRAMES);
    let first = Connection { sender: to_second, receiver: from_second };
    let second = Connection { sender: to_first, receiver: from_first };
    (first, second)
}
