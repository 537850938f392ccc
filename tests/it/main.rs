//! What the built program and its parts do together, a file a topic.

mod shell;
