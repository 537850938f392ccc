//! How fast output is redacted: `cargo bench --bench redaction`. Prints megabytes a second.
#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a benchmark reads the clock and prints")]

use std::time::Instant;

use holdpoint::journal::Redactor;

/// Lines as services and package managers print them.
fn log(length: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(length + 256);
    let mut number = 0_u64;
    while bytes.len() < length {
        number += 1;
        let hash = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let line = match number % 6 {
            0 => format!(
                "2026-03-02T14:02:{:02}Z INFO  acme.web request GET /api/v1/items/{number} 200 {}ms\r\n",
                number % 60,
                hash % 900
            ),
            1 => format!(
                "Mar  2 14:02:11 vps systemd[1]: Started acme-{number}.service - the application server.\r\n"
            ),
            2 => format!("Collecting package-{number} (from -r requirements.txt (line {}))\r\n", hash % 90),
            3 => format!("\u{1b}[32m  Applying\u{1b}[0m auth.{number:04}_alter_field... OK\r\n"),
            4 => format!(
                "layer sha256:{hash:016x}{hash:016x}{hash:016x}{hash:016x} pulled from https://registry.example.net/v2/\r\n"
            ),
            _ => format!(
                "DEBUG worker {} handled job {number} in {} steps, queue length is {}\r\n",
                hash % 16,
                hash % 50,
                hash % 7
            ),
        };
        bytes.extend_from_slice(line.as_bytes());
    }
    bytes
}

fn measure(name: &str, redactor: &Redactor, bytes: &[u8]) {
    let mut best = 0.0_f64;
    for _ in 0..5 {
        let start = Instant::now();
        let mut stream = redactor.stream();
        let given: usize = bytes.chunks(64 * 1024).map(|piece| stream.push(piece).len()).sum();
        let given = given + stream.finish().len();
        assert!(given > bytes.len() / 2);
        best = best.max(bytes.len() as f64 / 1e6 / start.elapsed().as_secs_f64());
    }
    println!("{name}: {best:.0} MB/s");
}

fn main() {
    let bytes = log(64 << 20);
    let mut redactor = Redactor::new();
    measure("shapes only", &redactor, &bytes);
    for number in 0..10 {
        redactor.register("value", &format!("correct horse {number} battery staple"));
    }
    measure("shapes and 10 registered values", &redactor, &bytes);
}
