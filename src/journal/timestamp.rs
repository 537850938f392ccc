//! A moment in time as the record writes it. The only module that names the calendar crate; it
//! reads no clock.

use std::fmt;

use chrono::{DateTime, SecondsFormat, TimeZone, Utc};
use serde::{Deserialize, Serialize};

/// A moment, to the millisecond, in UTC; RFC 3339 when written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(DateTime<Utc>);

/// A text that is not an RFC 3339 time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a time in RFC 3339 form: {0}")]
pub struct InvalidTimestamp(String);

impl Timestamp {
    /// From milliseconds since 1970-01-01T00:00:00Z; times beyond the calendar are clamped to its
    /// first moment.
    pub fn from_unix_ms(ms: i64) -> Self {
        Self(Utc.timestamp_millis_opt(ms).single().unwrap_or(DateTime::UNIX_EPOCH))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub fn unix_ms(self) -> i64 {
        self.0.timestamp_millis()
    }

    /// `2026-03-02`
    pub fn date(self) -> String {
        self.0.format("%Y-%m-%d").to_string()
    }

    /// `14:02:11Z`
    pub fn clock(self) -> String {
        self.0.format("%H:%M:%SZ").to_string()
    }

    /// `20260302T140211Z`, for names of files.
    pub fn compact(self) -> String {
        self.0.format("%Y%m%dT%H%M%SZ").to_string()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl TryFrom<String> for Timestamp {
    type Error = InvalidTimestamp;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        DateTime::parse_from_rfc3339(&text)
            .map(|time| Self(time.with_timezone(&Utc)))
            .map_err(|_| InvalidTimestamp(text))
    }
}

impl From<Timestamp> for String {
    fn from(time: Timestamp) -> Self {
        time.to_string()
    }
}
