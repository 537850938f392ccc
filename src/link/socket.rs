//! The door to the sockets: framed conversations between processes of one user.

#![expect(clippy::disallowed_methods, reason = "the door to the sockets")]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use futures_util::{SinkExt, StreamExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;
use tokio_util::bytes::Bytes;
use tokio_util::codec::{Framed, LengthDelimitedCodec};

use super::{Connection, LinkError, QUEUE_FRAMES};
use crate::protocol::{Frame, MAX_FRAME_BYTES};

/// Accepts conversations on a socket that only its owner can reach.
#[derive(Debug)]
pub struct Listener {
    socket: UnixListener,
    path: PathBuf,
}

impl Listener {
    /// Listens at this path; a socket that a process left behind there is replaced.
    pub fn bind(path: &Path) -> Result<Self, LinkError> {
        let failed = |action| move |source| LinkError::Socket { action, path: path.to_owned(), source };
        if path.exists() {
            std::fs::remove_file(path).map_err(failed("replace"))?;
        }
        let socket = UnixListener::bind(path).map_err(failed("listen on"))?;
        let owner_only = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(path, owner_only).map_err(failed("protect"))?;
        Ok(Self { socket, path: path.to_owned() })
    }

    /// The next conversation of a process of the same user; others are turned away.
    pub async fn accept(&self) -> Result<Connection, LinkError> {
        let (stream, _) = self.socket.accept().await.map_err(|source| LinkError::Socket {
            action: "accept on",
            path: self.path.clone(),
            source,
        })?;
        checked(stream, &self.path)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Opens a conversation with the process that listens at this path.
pub async fn connect(path: &Path) -> Result<Connection, LinkError> {
    let stream = UnixStream::connect(path).await.map_err(|source| LinkError::Socket {
        action: "connect to",
        path: path.to_owned(),
        source,
    })?;
    checked(stream, path)
}

fn checked(stream: UnixStream, path: &Path) -> Result<Connection, LinkError> {
    let peer = stream.peer_cred().map_err(|source| LinkError::Socket {
        action: "identify the peer of",
        path: path.to_owned(),
        source,
    })?;
    let own = rustix::process::geteuid().as_raw();
    if peer.uid() != own && peer.uid() != 0 {
        return Err(LinkError::ForeignPeer { path: path.to_owned(), uid: peer.uid() });
    }
    Ok(framed(stream))
}

/// Two tasks carry the frames; each ends when its direction is closed or broken.
fn framed(stream: UnixStream) -> Connection {
    let codec = LengthDelimitedCodec::builder().max_frame_length(MAX_FRAME_BYTES).new_codec();
    let (mut sink, mut source) = Framed::new(stream, codec).split();
    let (to_peer, mut outgoing) = mpsc::channel::<Frame>(QUEUE_FRAMES);
    let (incoming, from_peer) = mpsc::channel(QUEUE_FRAMES);
    tokio::spawn(async move {
        while let Some(frame) = outgoing.recv().await {
            let Ok(bytes) = frame.encode() else { continue };
            if sink.send(Bytes::from(bytes)).await.is_err() {
                return;
            }
        }
        let _ = sink.close().await;
    });
    tokio::spawn(async move {
        while let Some(Ok(bytes)) = source.next().await {
            let Ok(frame) = Frame::decode(&bytes) else { continue };
            if incoming.send(frame).await.is_err() {
                return;
            }
        }
    });
    Connection { sender: to_peer, receiver: from_peer }
}
