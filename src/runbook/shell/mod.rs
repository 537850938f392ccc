//! What a command's text says about itself: its statements, what they set and use, what is risky about
//! them, where they lead. Reads only; never runs anything.

pub(crate) mod lexer;
pub(crate) mod risk;
pub(crate) mod session;
pub(crate) mod statement;
pub(crate) mod variable;
