//! The one supervisor that is connected: what it said, what it has yet to be told. Never blocks.
#![expect(clippy::disallowed_types, reason = "the door to the supervisor's socket")]

use std::collections::VecDeque;
use std::io::{IoSlice, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;

use rustix::net::sockopt::socket_peercred;
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use rustix::process::geteuid;

use crate::pty::PtyError;
use crate::pty::error::system;
use crate::pty::lines::{Lines, line};
use crate::pty::wire::{DESCRIPTOR, Notice, Request};

/// A connected supervisor.
#[derive(Debug)]
pub(super) struct Connection {
    stream: UnixStream,
    incoming: Lines,
    outgoing: VecDeque<u8>,
    /// It has the backlog and reads the terminal itself.
    pub(super) is_reading: bool,
}

impl Connection {
    /// Takes a connection from this user or root, and hands it the terminal.
    pub(super) fn accept(stream: UnixStream, master: BorrowedFd<'_>) -> Result<Self, PtyError> {
        let peer = socket_peercred(&stream).map_err(system("identify the supervisor"))?;
        if peer.uid != geteuid() && !peer.uid.is_root() {
            return Err(PtyError::Foreign { user: peer.uid.as_raw() });
        }
        stream.set_nonblocking(true).map_err(system("talk to the supervisor"))?;
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        let descriptors = [master];
        control.push(SendAncillaryMessage::ScmRights(&descriptors));
        sendmsg(&stream, &[IoSlice::new(&[DESCRIPTOR])], &mut control, SendFlags::NOSIGNAL)
            .map_err(system("hand over the terminal"))?;
        Ok(Self { stream, incoming: Lines::default(), outgoing: VecDeque::new(), is_reading: false })
    }

    pub(super) fn socket(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }

    pub(super) fn has_more_to_say(&self) -> bool {
        !self.outgoing.is_empty()
    }

    /// Queues a message.
    pub(super) fn tell(&mut self, notice: &Notice) {
        self.outgoing.extend(line(notice));
    }

    /// Queues bytes that are no message.
    pub(super) fn hand_over(&mut self, bytes: &[u8]) {
        self.outgoing.extend(bytes);
    }

    /// Sends what can be sent without waiting; whether the supervisor is still there.
    pub(super) fn send(&mut self) -> bool {
        while !self.outgoing.is_empty() {
            match self.stream.write(self.outgoing.as_slices().0) {
                Ok(count @ 1..) => drop(self.outgoing.drain(..count)),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return true,
                Ok(0) | Err(_) => return false,
            }
        }
        true
    }

    /// Takes in what arrived; whether the supervisor is still there.
    pub(super) fn listen(&mut self) -> bool {
        let mut buffer = [0; 4096];
        loop {
            match self.stream.read(&mut buffer) {
                Ok(0) => return false,
                Ok(count) => self.incoming.push(&buffer[..count]),
                Err(error) => return error.kind() == std::io::ErrorKind::WouldBlock,
            }
        }
    }

    /// The next request.
    pub(super) fn request(&mut self) -> Option<Request> {
        self.incoming.message()
    }
}
