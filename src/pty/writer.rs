//! Keys and pastes on their way to the terminal, on a thread of their own, so that a program that
//! reads slowly holds up nobody. Changes no byte.
#![expect(clippy::disallowed_methods, reason = "the door to the writing thread")]
#![expect(clippy::disallowed_types, reason = "the door to the holder's socket, watched for its end")]

use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

/// Starts the thread. It ends when the sender is dropped, or the connection is shut down.
pub(super) fn start(master: OwnedFd, connection: UnixStream) -> Sender<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || write_all(&master, &connection, &receiver));
    sender
}

fn write_all(master: &OwnedFd, connection: &UnixStream, keys: &Receiver<Vec<u8>>) {
    while let Ok(bytes) = keys.recv() {
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            match rustix::io::write(master, rest) {
                Ok(count) => rest = &rest[count..],
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) if is_worth_waiting(master, connection) => {}
                Err(_) => return,
            }
        }
    }
}

/// Waits until the terminal takes more; not once the connection is over.
fn is_worth_waiting(master: &OwnedFd, connection: &UnixStream) -> bool {
    let mut watched = [PollFd::new(master, PollFlags::OUT), PollFd::new(connection, PollFlags::empty())];
    match poll(&mut watched, None) {
        Ok(_) => watched[1].revents().is_empty(),
        Err(error) => error == Errno::INTR,
    }
}
