//! Those who follow a run: who acts, who looks on, and what each was sent. Never waits for one: who
//! falls behind misses output, is told how much, and who does not even take entries is dropped.

use std::collections::BTreeMap;

use tokio::sync::mpsc;

use crate::journal::{AttemptId, Attendance};
use crate::protocol::{Frame, Notice};

/// Names a follower.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FollowerId(u64);

/// Room in a follower's queue that is kept for entries and other notices.
const RESERVED_FRAMES: usize = 96;

#[derive(Debug)]
struct Follower {
    sender: mpsc::Sender<Frame>,
    operator: String,
    attendance: Option<Attendance>,
    /// Came to act, also when somebody else did at that time.
    wants_control: bool,
    follows: bool,
    missed: Option<(AttemptId, u64)>,
}

/// All followers of a run.
#[derive(Debug, Default)]
pub(super) struct Followers {
    known: BTreeMap<FollowerId, Follower>,
    next: u64,
}

impl Followers {
    pub(super) fn add(&mut self, sender: mpsc::Sender<Frame>) -> FollowerId {
        self.next += 1;
        let id = FollowerId(self.next);
        let follower = Follower {
            sender,
            operator: String::new(),
            attendance: None,
            wants_control: false,
            follows: false,
            missed: None,
        };
        self.known.insert(id, follower);
        id
    }

    pub(super) fn remove(&mut self, id: FollowerId) {
        self.known.remove(&id);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Whether it has said hello.
    pub(super) fn is_known(&self, id: FollowerId) -> bool {
        self.known.get(&id).is_some_and(|follower| follower.attendance.is_some())
    }

    pub(super) fn controls(&self, id: FollowerId) -> bool {
        self.known.get(&id).is_some_and(|follower| follower.attendance == Some(Attendance::Controls))
    }

    pub(super) fn operator(&self, id: FollowerId) -> String {
        self.known.get(&id).map(|follower| follower.operator.clone()).unwrap_or_default()
    }

    pub(super) fn sender(&self, id: FollowerId) -> Option<mpsc::Sender<Frame>> {
        self.known.get(&id).map(|follower| follower.sender.clone())
    }

    /// Takes its hello: it acts if it wants to and nobody else does.
    pub(super) fn greet(&mut self, id: FollowerId, operator: &str, wanted: Attendance) -> Attendance {
        let taken = self.known.iter().any(|(other, _)| *other != id && self.controls(*other));
        let attendance = if taken { Attendance::Watches } else { wanted };
        if let Some(follower) = self.known.get_mut(&id) {
            operator.clone_into(&mut follower.operator);
            follower.attendance = Some(attendance);
            follower.wants_control = wanted == Attendance::Controls;
        }
        attendance
    }

    /// Once the one who acted has left, whoever came first to act does.
    pub(super) fn pass_control_on(&mut self) -> Option<FollowerId> {
        if self.known.keys().any(|id| self.controls(*id)) {
            return None;
        }
        let (id, heir) = self.known.iter_mut().find(|(_, follower)| follower.wants_control)?;
        heir.attendance = Some(Attendance::Controls);
        Some(*id)
    }

    /// Makes it act; everybody's attendance that changed is returned.
    pub(super) fn take_control(&mut self, id: FollowerId) -> Vec<(FollowerId, Attendance)> {
        let mut changed = Vec::new();
        for (other, follower) in &mut self.known {
            let wanted = if *other == id { Attendance::Controls } else { Attendance::Watches };
            if follower.attendance.is_some_and(|attendance| attendance != wanted) {
                follower.attendance = Some(wanted);
                changed.push((*other, wanted));
            }
        }
        changed
    }

    /// From now on it is sent entries and output.
    pub(super) fn begin_following(&mut self, id: FollowerId) {
        if let Some(follower) = self.known.get_mut(&id) {
            follower.follows = true;
        }
    }

    pub(super) fn tell_one(&mut self, id: FollowerId, notice: Notice) {
        self.send_one(id, Frame::Notice(notice));
    }

    /// Sends a frame that must not be missed; a follower that cannot take it is dropped, and comes
    /// back with a clean slate.
    pub(super) fn send_one(&mut self, id: FollowerId, frame: Frame) {
        let dropped = self.known.get(&id).is_some_and(|follower| follower.sender.try_send(frame).is_err());
        if dropped {
            self.known.remove(&id);
        }
    }

    pub(super) fn tell_all(&mut self, notice: &Notice) {
        let following: Vec<FollowerId> =
            self.known.iter().filter(|(_, follower)| follower.follows).map(|(id, _)| *id).collect();
        for id in following {
            self.tell_one(id, notice.clone());
        }
    }

    /// Passes output on to all who keep up.
    pub(super) fn output(&mut self, attempt: AttemptId, offset: u64, bytes: &[u8]) {
        for follower in self.known.values_mut().filter(|follower| follower.follows) {
            follower.output(attempt, offset, bytes);
        }
    }
}

impl Follower {
    fn output(&mut self, attempt: AttemptId, offset: u64, bytes: &[u8]) {
        if self.sender.capacity() <= RESERVED_FRAMES {
            let before = self.missed.take().filter(|(of, _)| *of == attempt).map_or(0, |(_, bytes)| bytes);
            self.missed = Some((attempt, before + bytes.len() as u64));
            return;
        }
        if let Some((attempt, bytes)) = self.missed.take() {
            let _ = self.sender.try_send(Frame::Notice(Notice::OutputSkipped { attempt, bytes }));
        }
        let _ = self.sender.try_send(Frame::Output { attempt, offset, bytes: bytes.to_vec() });
    }
}
