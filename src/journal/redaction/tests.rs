//! Redaction as rows: what goes in, what is stored. The values are made up, and joined from parts
//! so that no scanner of repositories takes them for real.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use super::Redactor;

fn check(input: &str, expected: &str) {
    assert_eq!(Redactor::new().redact_text(input), expected, "{input}");
}

/// The shape is masked by this rule wherever it stands, and nothing beside it.
fn check_token(rule: &str, token: &str) {
    let mask = format!("[REDACTED:{rule}]");
    for (before, after) in
        [("", ""), ("got ", " from there\n"), ("a=1 \"", "\"\r\n"), ("\u{1b}[31m", "\u{1b}[0m\n")]
    {
        check(&format!("{before}{token}{after}"), &format!("{before}{mask}{after}"));
    }
}

const R36: &str = "k3JvX9mQ2rTz7LwYb5NcHd8GfS1pAe4VuKo6";

#[test]
fn tokens_are_known_by_their_shape() {
    check_token("github-token", &format!("{}_{R36}", "ghp"));
    check_token("github-token", &format!("{}_11ABCDEFG0{R36}", "github_pat"));
    check_token("gitlab-token", &format!("{}-{}", "glpat", &R36[..20]));
    check_token("aws-key", &format!("{}IOSFODNN7EXAMPLE", "AKIA"));
    check_token("google-key", &format!("{}Sy{}", "AIza", &R36[..33]));
    check_token("slack-token", &format!("{}-123456789012-123456789012-{}", "xoxb", &R36[..24]));
    check_token("npm-token", &format!("{}_{R36}", "npm"));
    check_token("pypi-token", &format!("{}-AgEIcHlwaS5vcmc{R36}", "pypi"));
    check_token("stripe-key", &format!("{}_live_{}", "sk", &R36[..24]));
    check_token("sendgrid-key", &format!("{}.{}.{}", "SG", &R36[..22], R36));
    check_token("vault-token", &format!("{}.{}", "hvs", &R36[..24]));
    check_token("telegram-token", &format!("123456789:{}{}", "AA", &R36[..33]));
    check_token("jwt", &format!("{}.{}.{R36}", "eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxMjM0NTY3ODkwIn0"));
    check_token("azure-client-secret", &format!("abc8Q{}{}", "~", &R36[..34]));
    check_token("password-hash", &format!("$6$saltsalt${R36}{R36}"));
    check_token("entropy", &format!("{}{}", &R36[3..], "x9Qz"));
}

#[test]
fn headers_and_addresses_lose_their_secrets_only() {
    check("Authorization: Bearer abc.def-123\r\n", "Authorization: Bearer [REDACTED:authorization]\r\n");
    check(
        "curl -H 'Authorization: Basic dXNlcjpwYXNz' http://x",
        "curl -H 'Authorization: Basic [REDACTED:authorization]' http://x",
    );
    check("> Cookie: sid=31d4d96e407aad42; lang=en", "> Cookie: [REDACTED:cookie]");
    check("postgres://app:s3cr3t@db:5432/acme", "postgres://app:[REDACTED:url-password]@db:5432/acme");
    check(
        "https://b.s3.amazonaws.com/k?X-Amz-Date=20260302T1&X-Amz-Signature=fe5f80f77d5fa3beca038a248ff027d0&x=1",
        "https://b.s3.amazonaws.com/k?X-Amz-Date=20260302T1&X-Amz-Signature=[REDACTED:signed-url]&x=1",
    );
    check("https://h/cb?code=a1b2c3d4e5&state=7", "https://h/cb?code=[REDACTED:url-parameter]&state=7");
}

#[test]
fn assignments_keep_the_name_and_lose_the_value() {
    check("DB_PASSWORD=hunter2\n", "DB_PASSWORD=[REDACTED:assignment]\n");
    check("export API_TOKEN=\"a b\\\"c1\"\n", "export API_TOKEN=\"[REDACTED:assignment]\"\n");
    check("  password: hunter22\n", "  password: [REDACTED:assignment]\n");
    check(r#"{"client_secret":"x1y2z3","id":7}"#, r#"{"client_secret":"[REDACTED:assignment]","id":7}"#);
    check(r#"{\"secret\":\"x1y2z3\"}"#, r#"{\"secret\":\"[REDACTED:assignment]\"}"#);
    check("Server=db;Password=Pa55;Timeout=5", "Server=db;Password=[REDACTED:assignment];Timeout=5");
    check("<password>hunter2</password>", "<password>[REDACTED:password-element]</password>");
    check("\u{1b}[32mPASS\u{1b}[0mWORD=hunter2", "\u{1b}[32mPASS\u{1b}[0mWORD=[REDACTED:assignment]");
}

#[test]
fn command_lines_lose_their_passwords() {
    check("mysql -u root -pS3cret acme", "mysql -u root -p[REDACTED:command-line] acme");
    check("PGPASSWORD=abc psql", "PGPASSWORD=[REDACTED:assignment] psql");
    check("curl -u admin:pw1 http://h", "curl -u admin:[REDACTED:command-line] http://h");
    check("sshpass -p 'a b' ssh h", "sshpass -p '[REDACTED:command-line]' ssh h");
    check("redis-cli -a hunter2 ping", "redis-cli -a [REDACTED:command-line] ping");
    check("tool --password hunter2 --port 5", "tool --password [REDACTED:command-line] --port 5");
    check("ALTER USER a WITH PASSWORD 'pw1';", "ALTER USER a WITH PASSWORD '[REDACTED:sql-password]';");
}

/// The marked part is gone, and what stands around it is not.
fn check_marked(row: &str) {
    let (before, rest) = row.split_once('«').unwrap();
    let (secret, after) = rest.split_once('»').unwrap();
    let stored = Redactor::new().redact_text(&format!("{before}{secret}{after}"));
    let around = stored.starts_with(before) && stored.ends_with(after) && stored.contains("[REDACTED:");
    assert!(around && !stored.contains(secret), "{row}: {stored}");
}

#[test]
fn secrets_of_every_family_are_masked_where_they_stand() {
    let rows = [
        "Authorization: NTLM «TlRMTVNTUAABAAAAB4IIogAAAAAAAAAA»",
        "proxy-authorization: Basic «dXNlcjpwYXNz»",
        "{\"Authorization\": \"Bearer «abc123def456»\"}",
        "Authorization: AWS4-HMAC-SHA256 «Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7»",
        "X-Api-Key: «9f8e7d6c5b4a»",
        "x-vault-token: «s.k3JvX9mQ2rTz7LwYb5Nc»",
        "PRIVATE-TOKEN: «k3JvX9mQ2rTz»",
        "set-cookie: «session=31d4d96e407aad42; Path=/; HttpOnly»",
        "using bearer «k3JvX9mQ2rTz7LwY» for it",
        "git clone https://«k3JvX9mQ2rTz7LwYb5NcHd8G»@git.example.org/a.git",
        "redis://:«hunter2»@cache:6379/0",
        "amqp://app:«p%40ss»@mq//",
        "DSN app:«s3cret»@tcp(db:3306)/acme",
        "https://acct.blob.core.windows.net/c/b?sv=2020&sp=r&sig=«k3JvX9mQ2rTz%2F7LwYb5Nc%3D»&se=1",
        "https://d111.cloudfront.net/x?Expires=1&Signature=«abcDEF123~__»&x=1",
        "https://storage.googleapis.com/b/o?X-Goog-Signature=«247a2aa45f169edf4d187d54e7cc46e4»&y=2",
        "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=«k3JvX9mQ2rTz7LwYb5NcHd8GfS1pAe4VuKo6==»;EndpointSuffix=x",
        "Endpoint=sb://x/;SharedAccessKeyName=Root;SharedAccessKey=«k3JvX9mQ2rTz7LwYb5NcHd8G=»",
        "AWS_SECRET_ACCESS_KEY=«wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY»",
        "aws configure set aws_secret_access_key «wJalrXUtnFEMI/K7MDENG»",
        "export DATABASE_PASSWORD='«two words»'",
        "SECRET_KEY = '«django-insecure-x(1»'",
        "    db_password: \"«pa55word»\"",
        "api_key: «k3JvX9mQ»",
        "spring.datasource.password=«hunter2»",
        "PASSWORD=«letmein»",
        "-e POSTGRES_PASSWORD=«letmein» postgres:16",
        "requirepass «hunter2x»",
        "\"auth\": {\"token\": \"«k3JvX9mQ»\"}",
        "'password' => '«hunter2»',",
        "password := \"«hunter2»\"",
        "<add key=\"DbPassword\" value=\"«hunter2»\" />",
        "machine git.example.org login ada password «hunter2»",
        "CREATE USER a IDENTIFIED BY '«hunter2»';",
        "mysqldump --single-transaction -u root -p«S3cret!x» acme",
        "psql --password «hunter2»",
        "curl --user admin:«hunter2» http://h",
        "curl -sS -u \"admin:«hunter2»\" http://h",
        "docker login -u ada -p «hunter2» registry",
        "vault login «k3JvX9mQ2rTz»",
        "ldapsearch -x -D cn=admin -w «hunter2»",
        "openssl rsa -passin pass:«hunter2» -in k.pem",
        "echo 'deploy:«hunter2»' | sudo chpasswd",
        "kubectl create secret generic db --from-literal=pw=«hunter2»",
        "helm upgrade a b --set auth.password=«hunter2»",
        "tool --api-key «k3JvX9mQ» run",
        "tool --token=«k3JvX9mQ» run",
        "smbclient //h/s -U ada%«hunter2»",
        "the password is «hunter2!»",
        "Temporary password: «Xy7#kk2p»",
        "root:«$6$saltsalt$k3JvX9mQ2rTz7LwYb5NcHd8GfS1pAe4VuKo6»:19000:0",
        "//registry.npmjs.org/:_authToken=«k3JvX9mQ2rTz»",
        "PrivateKey = «k3JvX9mQ2rTz7LwYb5NcHd8GfS1pAe4VuKo6k3JvX9m=»",
        "https://hooks.slack.com/services/«T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX»",
        "unseal key 1: «k3JvX9mQ2rTz7LwYb5NcHd8GfS1pAe4VuKo6k3JvX9mQ»",
        "\u{1b}[33mPGPASSWORD\u{1b}[0m=«hunter2»",
    ];
    rows.into_iter().for_each(check_marked);
}

#[test]
fn a_private_key_is_masked_line_by_line() {
    let dashes = "-----";
    let key = format!(
        "x\n{dashes}BEGIN RSA PRIVATE KEY{dashes}\nMIIEowIBAAKCAQEA7bq\nqwertyuiopASDF==\n{dashes}END RSA PRIVATE KEY{dashes}\nnext line\n"
    );
    let stored = format!(
        "x\n{dashes}BEGIN RSA PRIVATE KEY{dashes}\n[REDACTED:private-key]\n[REDACTED:private-key]\n{dashes}END RSA PRIVATE KEY{dashes}\nnext line\n"
    );
    check(&key, &stored);
}

#[test]
fn the_data_of_a_kubernetes_secret_is_masked() {
    check(
        "data:\n  tls: aHVudGVyMg==\n  name: plain\nkind: Secret\nother: aHVudGVyMg==\n",
        "data:\n  tls: [REDACTED:kubernetes-secret]\n  name: plain\nkind: Secret\nother: aHVudGVyMg==\n",
    );
}

#[test]
fn what_is_no_secret_is_left_alone() {
    for text in [
        "commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        "integrity sha512-oUeNHb0jS6NmRn3yZ2bKkq2nC8xTz7LwYb5NcHd8GfS1pAe4VuKo6A==",
        "password: ",
        "Password for user postgres: ",
        "password=$DB_PASSWORD and ${TOKEN} and <password>",
        "token expired; token: expired",
        "max_tokens=4096 tokens=12 token_count: 9",
        "PWD=/srv/sum/acme-kitchens/app",
        "secretName: acme-tls",
        "password_file=/run/secrets/db",
        "Enter passphrase (empty for no passphrase):",
        "tests passed=12 failed=0",
        "lib/python3.11/site-packages/django/contrib/auth/password_validation.py",
        "Applying auth.0012_alter_user_first_name_max_length... OK",
        "nginx-ingress-controller-7d9f6c5b8d-x2v4q 1/1 Running",
        "http://localhost:8080/health 200 OK",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGx7mQ2rTz7LwYb5NcHd8GfS1pAe4VuKo6k3JvX9 ada@host",
    ] {
        check(text, text);
    }
}

#[test]
fn strings_that_drive_a_terminal_are_dropped_and_colours_stay() {
    check("a\u{1b}]0;title\u{7}b\u{1b}]52;c;aGk=\u{1b}\\c", "abc");
    check("a\u{1b}P1$r0m\u{1b}\\b\u{1b}_apc\u{1b}\\c\u{1b}^pm\u{1b}\\d\u{9d}e", "abcde");
    check(
        "\u{1b}[1;31mred\u{1b}[0m \u{1b}(B\u{1b}7 tab\there",
        "\u{1b}[1;31mred\u{1b}[0m \u{1b}(B\u{1b}7 tab\there",
    );
    check("a\u{1b}]0;no end\nb", "a\nb");
    check("né – ✓\u{a0}", "né – ✓\u{a0}");
}

const SECRET: &str = "S3cr&t <\"v/a'lué\"> $x";

fn registered() -> Redactor {
    let mut redactor = Redactor::new();
    assert!(redactor.register("db", SECRET));
    redactor
}

/// None of the value is left, whatever the pieces in which it came.
fn check_hidden(form: &str) {
    let redactor = registered();
    for before in ["", "value: ", "x\r\n"] {
        let text = format!("{before}{form} after\n");
        let expected = format!("{before}[REDACTED:db] after\n");
        assert_eq!(redactor.redact_text(&text), expected, "{text}");
        for split in 0..=text.len() {
            let mut stream = redactor.stream();
            let mut given = stream.push(&text.as_bytes()[..split]);
            given.extend(stream.push(&text.as_bytes()[split..]));
            given.extend(stream.finish());
            assert_eq!(String::from_utf8_lossy(&given), expected, "split at {split}");
        }
    }
}

#[test]
fn a_registered_value_is_hidden_in_every_form() {
    let hexadecimal = SECRET.bytes().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    check_hidden(SECRET);
    check_hidden(&hexadecimal);
    check_hidden(&hexadecimal.to_uppercase());
    check_hidden("S3cr%26t%20%3C%22v%2Fa%27lu%C3%A9%22%3E%20%24x");
    check_hidden("S3cr%26t+%3C%22v%2Fa%27lu%C3%A9%22%3E+%24x");
    check_hidden(r#"S3cr&t <\"v/a'lué\"> $x"#);
    check_hidden(r#"S3cr&t <\"v/a'lu\u00e9\"> $x"#);
    check_hidden(r#"S3cr\u0026t \u003c\"v/a'lué\"\u003e $x"#);
    check_hidden("S3cr&amp;t &lt;&quot;v/a&#39;lué&quot;&gt; $x");
    check_hidden(r#"S3cr&t <"v/a'\''lué"> $x"#);
    check_hidden(r#"S3cr\&t\ \<\"v/a\'lué\"\>\ \$x"#);
    check_hidden(r#"S3cr&t <\"v/a'lué\"> \$x"#);
}

#[test]
fn a_registered_value_is_hidden_in_base64_at_every_alignment() {
    for before in ["", "a", "ab", "user:"] {
        for after in ["", "!", "!!"] {
            let encoded = STANDARD.encode(format!("{before}{SECRET}{after}"));
            let stored = registered().redact_text(&encoded);
            assert!(stored.contains("[REDACTED:db]"), "{encoded}: {stored}");
            let left: usize = stored.replace("[REDACTED:db]", "").len();
            assert!(left <= 12, "{encoded}: {stored}");
        }
    }
}

#[test]
fn colours_and_line_ends_inside_a_registered_value_do_not_hide_it() {
    let redactor = registered();
    let check = |input: &str, expected: &str| assert_eq!(redactor.redact_text(input), expected);
    check("S3cr\u{1b}[31m&t <\"v/a'lué\">\u{1b}[0m $x.", "[REDACTED:db]\u{1b}[31m\u{1b}[0m.");
    check("S3cr&t <\"v/\r\na'lué\"> $x.\n", "[REDACTED:db]\r\n.\n");
    check("S\n3\ncr&t <\"v/a'lué\"> $x", "[REDACTED:db]\n\n");
    check("S3cr\u{1b}]0;title\u{7}&t <\"v/a'lué\"> $x", "[REDACTED:db]");
}

#[test]
fn each_line_of_a_registered_value_is_hidden_and_short_values_are_refused() {
    let mut redactor = Redactor::new();
    assert!(!redactor.register("pin", "1234567"));
    assert!(redactor.register("note", "first-line\nsecond-line\nxy"));
    assert_eq!(redactor.redact_text("> second-line <"), "> [REDACTED:note] <");
}

#[test]
fn texts_of_an_entry_are_masked_and_its_ids_are_not() {
    use crate::journal::{Actor, Entry, Fact, Place, Stamp, Timestamp};
    let stamp = Stamp { at: Timestamp::from_unix_ms(0), mono_ms: 0, boot: "b".into() };
    let entry =
        |fact| Entry { v: 1, seq: 1, stamp: stamp.clone(), actor: Actor::Operator("ada".into()), fact };
    let check = |fact: Fact, expected: Fact| {
        assert_eq!(registered().redact_entry(entry(fact)), entry(expected));
    };
    let text = format!("used {SECRET}");
    check(
        Fact::NoteTaken { place: Place::Step("8-secret=abcdefgh1".into()), text },
        Fact::NoteTaken {
            place: Place::Step("8-secret=abcdefgh1".into()),
            text: "used [REDACTED:db]".into(),
        },
    );
    check(
        Fact::InputRecorded { name: "pin".into(), value: "1234".into(), item: None, secret: true },
        Fact::InputRecorded {
            name: "pin".into(),
            value: "[REDACTED:input]".into(),
            item: None,
            secret: true,
        },
    );
    check(Fact::Unrecognised, Fact::Unrecognised);
}

fn in_pieces(redactor: &Redactor, bytes: &[u8], sizes: &[usize]) -> Vec<u8> {
    let mut stream = redactor.stream();
    let (mut given, mut rest) = (Vec::new(), bytes);
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, after) = rest.split_at((*size).clamp(1, rest.len()));
        given.extend(stream.push(piece));
        rest = after;
    }
    given.extend(stream.finish());
    given
}

/// Scraps that stress the borders: parts of secrets, of sequences, of lines and of characters.
fn scraps() -> Vec<Vec<u8>> {
    let texts = [
        "password=",
        "hunter2x",
        "\n",
        "\r\n",
        "\r",
        " ",
        "\u{1b}",
        "[31m",
        "]0;t",
        "\u{7}",
        "\\",
        "S3cr&t <\"v/",
        "a'lué\"> $x",
        "S3cr",
        "-----BEGIN PRIVATE KEY-----",
        "-----END PRIVATE KEY-----",
        "MIIEowIBAAKCAQEA7bq",
        "ghp_",
        R36,
        "data:\n",
        "  k: aHVudGVyMg==",
        "Authorization: Bearer ",
        "postgres://a:",
        "@h/",
        "\"",
        "'",
        "\u{9d}",
        "é",
        "S3cr%26t%20%3C%22v%2F",
        "token: ",
        "eyJhbGciOiJIUzI1NiJ9.",
        "\u{0}",
        "\u{1b}P",
    ];
    let bytes = [vec![0xc2], vec![0xc3], vec![0x80], vec![0xff]];
    texts.iter().map(|text| text.as_bytes().to_vec()).chain(bytes).collect()
}

#[test]
fn a_line_that_is_too_long_is_cut_at_the_same_place_whatever_the_pieces() {
    let redactor = registered();
    let filler = "word ".repeat(13_100);
    for secret in ["password=hunter2x", SECRET] {
        for shift in 0..30 {
            let text = format!(
                "{}{}{secret} and more\npassword=x1y2z3\n",
                "é".repeat(shift),
                &filler[..65_500 - shift]
            );
            let whole = redactor.redact_bytes(text.as_bytes());
            for size in [777, 65_536] {
                assert!(
                    whole == in_pieces(&redactor, text.as_bytes(), &[size]),
                    "{secret} shifted by {shift}"
                );
            }
            assert!(secret != SECRET || !String::from_utf8_lossy(&whole).contains(SECRET));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_pieces_in_which_output_comes_change_nothing(
        picked in proptest::collection::vec(0_usize..37, 0..30),
        sizes in proptest::collection::vec(1_usize..200, 1..8),
    ) {
        let redactor = registered();
        let scraps = scraps();
        let bytes: Vec<u8> = picked.iter().flat_map(|&scrap| scraps[scrap].clone()).collect();
        let whole = redactor.redact_bytes(&bytes);
        prop_assert!(whole == in_pieces(&redactor, &bytes, &sizes), "pieces of {:?}", sizes);
        prop_assert!(whole == in_pieces(&redactor, &bytes, &[4096]));
    }
}
