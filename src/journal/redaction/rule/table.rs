//! The table of shapes, from the public descriptions of the formats.

use super::Rule;
use super::judge::{always, assigned, header_value, is_secretish, jwt, not_placeholder};

const fn token(name: &'static str, triggers: &'static [&'static str], pattern: &'static str) -> Rule {
    Rule { name, triggers, pattern, judge: always }
}

/// Names of things that are secret, as part of a longer name.
macro_rules! secret_word {
    () => {
        r"(?:passw(?:or)?d|passwd|passphrase|passwort|pass|pwd|secret|token|api[_.-]?key|access[_.-]?key|private[_.-]?key|encryption[_.-]?key|encrypt[_.-]?key|signing[_.-]?key|secret[_.-]?key|shared[_.-]?key|account[_.-]?key|master[_.-]?key|auth[_.-]?key|service[_.-]?key|license[_.-]?key|app[_.-]?key|jwt[_.-]?key|credentials?|_auth|webhook)"
    };
}

const SECRET_TRIGGERS: &[&str] = &["pass", "pwd", "secret", "token", "key", "credential", "_auth", "webhook"];

pub(crate) const TABLE: &[Rule] = &[
    Rule {
        name: "authorization",
        triggers: &["authorization"],
        pattern: r#"(?i)\b(?:proxy-|x-)?authorization\\?["']?[ \t]*[:=][ \t]*\\?["']?(?:(?P<scheme>basic|bearer|digest|negotiate|ntlm|token|apikey|api-key|aws4-hmac-sha256|aws|hawk|sharedkey|splunk|key)[ \t]+)?(?P<v>[^\r\n"'\\]+)"#,
        judge: header_value,
    },
    Rule {
        name: "bearer-token",
        triggers: &["bearer"],
        pattern: r"(?i)\bbearer[ \t:=]+(?P<v>[A-Za-z0-9._~+/-]{12,}=*)",
        judge: is_secretish,
    },
    token(
        "cookie",
        &["cookie"],
        r#"(?i)\b(?:set-)?cookie2?\\?["']?[ \t]*:[ \t]*\\?["']?(?P<v>[^\r\n"'\\=\s;]+=[^\r\n"'\\]+)"#,
    ),
    token("cookie", &["cookie"], r#"(?i)(?:--cookie|-b)[ \t=]+["']?(?P<v>[^\s"'=]+=[^\r\n"']+)"#),
    Rule {
        name: "url-password",
        triggers: &["://"],
        pattern: r#"(?i)\b[a-z][a-z0-9+.-]*://[^\s/:@"'<>`]*:(?P<v>[^\s/"'<>`]+)@[\w\[$%{-]"#,
        judge: not_placeholder,
    },
    Rule {
        name: "url-password",
        triggers: &["://"],
        pattern: r#"(?i)\bhttps?://(?P<v>[A-Za-z0-9_-]{20,})@[\w\[]"#,
        judge: not_placeholder,
    },
    Rule {
        name: "url-password",
        triggers: &["@tcp(", "@unix("],
        pattern: r#"[\w.-]+:(?P<v>[^\s"'@]+)@(?:tcp|unix)\("#,
        judge: not_placeholder,
    },
    Rule {
        name: "signed-url",
        triggers: &[
            "signature",
            "x-amz-",
            "x-goog-",
            "sig=",
            "accesskeyid",
            "policy=",
            "key-pair-id",
            "googleaccessid",
            "sig%3d",
        ],
        pattern: r#"(?i)(?:[?&;]|%26|\b)(?:x-amz-(?:signature|credential|security-token)|x-goog-(?:signature|credential)|signature|sig|awsaccesskeyid|googleaccessid|policy|key-pair-id)(?:=|%3d)(?P<v>[^&\s"'<>,;]{8,})"#,
        judge: not_placeholder,
    },
    Rule {
        name: "url-parameter",
        triggers: &["token=", "key=", "secret=", "code=", "password=", "auth=", "session=", "sid="],
        pattern: r#"(?i)[?&](?:[a-z_.-]*(?:token|api_?key|apikey|secret|password|passwd|auth|session|sid)|key|code)=(?P<v>[^&\s"'<>#]{6,})"#,
        judge: not_placeholder,
    },
    token(
        "private-key",
        &["private key-----", "private key block-----"],
        r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?P<v>[^\r\n]*?)(?:-----END|$)",
    ),
    token("private-key", &["age-secret-key-"], r"(?i)\bAGE-SECRET-KEY-1[0-9A-Z]{58}"),
    token("private-key", &["privatekey"], r"(?i)\bprivatekey[ \t]*=[ \t]*(?P<v>[A-Za-z0-9+/]{43}=)"),
    token(
        "aws-key",
        &["akia", "asia", "aroa", "aida", "agpa", "anpa", "anva", "abia", "acca", "aipa"],
        r"\b(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA|ANVA|ABIA|ACCA|AIPA)[A-Z0-9]{16}\b",
    ),
    token("aws-key", &["credential="], r"\bCredential=(?P<v>[A-Z0-9]{16,}/[0-9]{8}/[^\s,]+)"),
    token("aws-signature", &["signature="], r"(?:^|[\s,])Signature=(?P<v>[0-9a-fA-F]{32,})"),
    token(
        "aws-session-token",
        &["fwogz", "iqojb", "ixj", "fqo"],
        r"\b(?:FwoGZXIvYXdz|IQoJb3JpZ2lu|FQoGZXIvYXdz|IXJ)[A-Za-z0-9+/=]{40,}",
    ),
    token("aws-bedrock-key", &["absk"], r"\bABSK[A-Za-z0-9+/]{60,}=*"),
    token("google-key", &["aiza"], r"\bAIza[0-9A-Za-z_-]{35}"),
    token("google-token", &["ya29."], r"\bya29\.[0-9A-Za-z_.-]{20,}"),
    token("google-token", &["1//0"], r"\b1//0[0-9A-Za-z_-]{20,}"),
    token("google-client-secret", &["gocspx-"], r"\bGOCSPX-[0-9A-Za-z_-]{20,}"),
    token(
        "azure-key",
        &["accountkey=", "sharedaccesskey="],
        r#"(?i)\b(?:accountkey|sharedaccesskey)=(?P<v>[A-Za-z0-9+/%]{20,}={0,2})"#,
    ),
    token("azure-client-secret", &["q~"], r"\b[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}"),
    token("azure-devops-token", &["azdo"], r"\b[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}\b"),
    token(
        "github-token",
        &["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"],
        r"\b(?:gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_[A-Za-z0-9_]{22,255})",
    ),
    token(
        "gitlab-token",
        &[
            "glpat-",
            "gldt-",
            "glrt-",
            "glcbt-",
            "glptt-",
            "glft-",
            "glimt-",
            "glagent-",
            "gloas-",
            "glsoat-",
            "glffct-",
            "gr1348941",
            "glrtr-",
        ],
        r"\b(?:gl(?:pat|dt|rt|rtr|cbt|ptt|ft|imt|agent|oas|soat|ffct)-[A-Za-z0-9_.-]{16,}|GR1348941[A-Za-z0-9_-]{16,})",
    ),
    token(
        "bitbucket-token",
        &["atbb", "atatt3", "atctt3", "bbdc-"],
        r"\b(?:ATBB[A-Za-z0-9_=-]{20,}|AT[AC]TT3[A-Za-z0-9_=-]{20,}|BBDC-[A-Za-z0-9+/]{40,})",
    ),
    token(
        "slack-token",
        &["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxo-", "xoxe", "xoxc-", "xoxd-", "xapp-"],
        r"\b(?:xox[abcdeoprs](?:\.xox[bp])?-[A-Za-z0-9%/+=-]{10,}|xapp-[0-9]-[A-Za-z0-9-]{10,})",
    ),
    token(
        "chat-webhook",
        &[
            "hooks.slack.com",
            "webhook.office.com",
            "discord.com/api/webhooks",
            "discordapp.com/api/webhooks",
            "chat.googleapis.com",
            "logic.azure.com",
        ],
        r#"(?i)\b(?:hooks\.slack\.com/(?:services|workflows|triggers)|[a-z0-9.-]*webhook\.office\.com/webhookb2|discord(?:app)?\.com/api/webhooks|chat\.googleapis\.com/v1/spaces)/(?P<v>[^\s"'<>]{8,})"#,
    ),
    token("discord-token", &["."], r"\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}\b"),
    token("telegram-token", &[":aa"], r"\b[0-9]{8,10}:AA[A-Za-z0-9_-]{32,34}\b"),
    token("npm-token", &["npm_"], r"\bnpm_[A-Za-z0-9]{36}\b"),
    token("npm-token", &["_authtoken"], r#"(?i)_authToken[ \t]*=[ \t]*"?(?P<v>[^\s"$]{8,})"#),
    token("pypi-token", &["pypi-"], r"\bpypi-[A-Za-z0-9_-]{40,}"),
    token(
        "package-token",
        &["rubygems_", "cio", "oy2", "dckr_pat_", "dckr_oat_", "akc", "cmvmd", "hex_"],
        r"\b(?:rubygems_[a-f0-9]{48}|cio[A-Za-z0-9]{32}|oy2[a-z0-9]{43}|dckr_[po]at_[A-Za-z0-9_-]{20,}|AKC[a-zA-Z0-9]{60,}|cmVmd[A-Za-z0-9]{50,})",
    ),
    token(
        "stripe-key",
        &["k_live_", "k_test_", "whsec_"],
        r"\b(?:[srp]k_(?:live|test)_[0-9A-Za-z]{16,}|whsec_[A-Za-z0-9+/=]{24,})",
    ),
    token("sendgrid-key", &["sg."], r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    token("twilio-key", &["sk"], r"\bSK[0-9a-f]{32}\b"),
    token("mail-key", &["key-", "-us"], r"\b(?:key-[0-9a-f]{32}|[0-9a-f]{32}-us[0-9]{1,2})\b"),
    token(
        "model-key",
        &["sk-", "hf_", "gsk_", "xai-", "pplx-", "r8_"],
        r"\b(?:sk-[A-Za-z0-9_-]{20,}|hf_[A-Za-z0-9]{30,}|gsk_[A-Za-z0-9]{40,}|xai-[A-Za-z0-9]{60,}|pplx-[A-Za-z0-9]{40,}|r8_[A-Za-z0-9]{37})",
    ),
    token(
        "vault-token",
        &["hvs.", "hvb.", "hvr.", "s."],
        r"\b(?:hv[sbr]\.[A-Za-z0-9_-]{20,}|s\.[A-Za-z0-9]{24})\b",
    ),
    token("terraform-token", &[".atlasv1."], r"\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{40,}"),
    token(
        "cloud-token",
        &[
            "doo_v1_", "dop_v1_", "dor_v1_", "hrku-", "fo1_", "fm1", "fm2_", "pul-", "scw", "tskey-",
            "pscale_", "dapi", "ddp_", "v1.0-",
        ],
        r"\b(?:do[opr]_v1_[a-f0-9]{64}|HRKU-[A-Za-z0-9_-]{30,}|fo1_[A-Za-z0-9_-]{30,}|fm[12]r?_[A-Za-z0-9+/=,_-]{40,}|pul-[a-f0-9]{40}|tskey-[a-z]+-[A-Za-z0-9-]{10,}|pscale_(?:tkn|oauth|pw)_[A-Za-z0-9_.-]{30,}|dapi[a-f0-9]{32}(?:-[0-9])?|v1\.0-[a-f0-9]{24}-[a-f0-9]{100,})",
    ),
    token(
        "monitoring-token",
        &[
            "glsa_", "glc_", "nrak-", "nrii-", "nrjs-", "sntrys_", "sntryu_", "dt0c01.", "dt0s", "eyjrijoi",
            "phx_", "phc_",
        ],
        r"\b(?:glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}|glc_[A-Za-z0-9+/]{32,}=*|eyJrIjoi[A-Za-z0-9+/=]{30,}|NRAK-[A-Z0-9]{27}|NRII-[A-Za-z0-9_-]{32}|NRJS-[a-f0-9]{19}|sntry[su]_[A-Za-z0-9+/=_-]{40,}|dt0[cs][0-9]{2}\.[A-Z0-9]{8,}\.[A-Z0-9]{40,}|phx_[A-Za-z0-9]{40,})",
    ),
    token(
        "service-token",
        &[
            "shpat_", "shpca_", "shppa_", "shpss_", "sq0atp-", "sq0csp-", "eaaa", "lin_api_", "dp.",
            "secret_", "ntn_", "pmak-", "pnu_", "figd_", "sl.", "cfpat-", "sbp_", "rnd_", "vercel_", "nfp_",
            "ops_eyj", "lsv2_", "ccipat_", "bkua_", "airtable", "pat",
        ],
        r"\b(?:shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}|sq0(?:atp|csp)-[A-Za-z0-9_-]{22,}|EAAA[A-Za-z0-9_-]{60}|lin_api_[A-Za-z0-9]{40}|dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]+\.)?[A-Za-z0-9]{40,}|secret_[A-Za-z0-9]{43}|ntn_[A-Za-z0-9]{40,}|PMAK-[a-f0-9]{24}-[a-f0-9]{34}|pnu_[A-Za-z0-9]{36}|figd_[A-Za-z0-9_-]{36,}|sl\.[A-Za-z0-9_-]{130,}|CFPAT-[A-Za-z0-9_-]{43}|sbp_[a-f0-9]{40}|nfp_[A-Za-z0-9]{36,}|ops_eyJ[A-Za-z0-9_-]{50,}|lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}|CCIPAT_[A-Za-z0-9_]{40,}|bkua_[a-f0-9]{40}|pat[A-Za-z0-9]{14}\.[a-f0-9]{64})",
    ),
    Rule {
        name: "jwt",
        triggers: &["eyj"],
        pattern: r"\beyJ[A-Za-z0-9_-]{8,}={0,2}\.[A-Za-z0-9_-]{4,}={0,2}\.[A-Za-z0-9_-]*={0,2}(?:\.[A-Za-z0-9_-]+){0,2}",
        judge: jwt,
    },
    token(
        "password-hash",
        &["$1$", "$2a$", "$2b$", "$2y$", "$5$", "$6$", "$y$", "$apr1$", "$argon2", "$scrypt$", "$pbkdf2"],
        r"\$(?:1|2[aby]|5|6|y|apr1|argon2[id]{1,2}|scrypt|pbkdf2[a-z0-9-]*)\$[A-Za-z0-9./$=,+*-]{20,}",
    ),
    token(
        "password-hash",
        &["pbkdf2_sha", "scram-sha-256$", "md5"],
        r"\b(?:pbkdf2_sha(?:1|256|512)\$[0-9]+\$[A-Za-z0-9+/=$.]{20,}|SCRAM-SHA-256\$[0-9]+:[A-Za-z0-9+/=$:]{40,})",
    ),
    Rule {
        name: "assignment",
        triggers: SECRET_TRIGGERS,
        pattern: concat!(
            r#"(?i)(?P<key>[A-Za-z0-9_.$-]*"#,
            secret_word!(),
            r#"[A-Za-z0-9_.-]*)(?P<close>\\*["'\]]{0,2})(?P<sep>[ \t]*(?:=>|:=|\?=|=|:)[ \t]*)(?:b|r|u|f)?(?:\\+"(?P<x>[^"\\\r\n]+)|"(?P<v>(?:[^"\\\r\n]|\\.)*)"|'(?P<w>[^'\r\n]*)')"#
        ),
        judge: assigned,
    },
    Rule {
        name: "assignment",
        triggers: SECRET_TRIGGERS,
        pattern: concat!(
            r#"(?i)(?:^[ \t]*(?:-[ \t]+)?(?:export[ \t]+|set[ \t]+|setx[ \t]+|ENV[ \t]+|ARG[ \t]+|\+ )?)(?P<key>[A-Za-z0-9_.$-]*"#,
            secret_word!(),
            r#"[A-Za-z0-9_.-]*)(?P<close>)(?P<sep>[ \t]*(?:=>|:=|\?=|=|:)[ \t]*)(?P<v>[^\s"']\S*)[ \t]*\r?$"#
        ),
        judge: assigned,
    },
    Rule {
        name: "assignment",
        triggers: SECRET_TRIGGERS,
        pattern: concat!(
            r#"(?i)(?P<key>[A-Za-z0-9_.$-]*"#,
            secret_word!(),
            r#"[A-Za-z0-9_.-]*)(?P<close>\\*["'\]]{0,2})(?P<sep>[ \t]*(?:=>|:=|\?=|=|:)[ \t]*)(?P<v>[^\s"'`,;&<>(){}\[\]|\\]+)"#
        ),
        judge: assigned,
    },
    Rule {
        name: "password-element",
        triggers: SECRET_TRIGGERS,
        pattern: concat!(
            r"(?i)<(?:[a-z0-9]+:)?[a-z0-9_.-]*",
            secret_word!(),
            r"[a-z0-9_.-]*(?:[ \t][^<>]*)?>(?P<v>[^<>\r\n]{3,})</"
        ),
        judge: not_placeholder,
    },
    Rule {
        name: "password-element",
        triggers: &["value="],
        pattern: concat!(
            r#"(?i)(?:name|key)=["'][a-z0-9_.-]*"#,
            secret_word!(),
            r#"["'][ \t]+value=["'](?P<v>[^"'<>\r\n]{3,})["']"#
        ),
        judge: not_placeholder,
    },
    Rule {
        name: "sql-password",
        triggers: &["identified", "password"],
        pattern: r#"(?i)\b(?:identified[ \t]+(?:with[ \t]+\S+[ \t]+)?(?:by|as)|password(?:[ \t]+for[ \t]+\S+[ \t]*=)?|set[ \t]+password[ \t]*=)[ \t]+(?:password[ \t]*\()?\\?["'](?P<v>[^"'\r\n\\]+)"#,
        judge: not_placeholder,
    },
    Rule {
        name: "netrc",
        triggers: &["machine ", "login "],
        pattern: r"(?i)\b(?:machine[ \t]+\S+[ \t]+)?login[ \t]+\S+[ \t]+password[ \t]+(?P<v>\S+)",
        judge: not_placeholder,
    },
    Rule {
        name: "command-line",
        triggers: &["--"],
        pattern: concat!(
            r#"(?i)(?:^|[\s"'\[,(])--?[a-z0-9-]*"#,
            secret_word!(),
            r#"[a-z0-9-]*["']?[ \t,]+(?:"(?P<v>[^"\r\n]+)"|'(?P<w>[^'\r\n]+)'|(?P<x>[^\s"'`|;&<>-][^\s"'`|;&<>]*))"#
        ),
        judge: judge_option,
    },
    Rule {
        name: "command-line",
        triggers: &["mysql", "mariadb"],
        pattern: r#"\b(?:mysql|mariadb)[a-z_-]*\b[^|;&\r\n]*?[ \t]-p(?:"(?P<v>[^"\r\n]+)"|'(?P<w>[^'\r\n]+)'|(?P<x>[^\s"'|;&-][^\s"'|;&]*))"#,
        judge: not_placeholder,
    },
    Rule {
        name: "command-line",
        triggers: &["curl", "wget", "http"],
        pattern: r#"\b(?:curl|https?|wget)\b[^|;\r\n]*?[ \t](?:-u|--user|--proxy-user|-U|-a|--auth)[ \t=]*["']?[^\s:"'/]+:(?P<v>[^\s"'|;&]+)"#,
        judge: not_placeholder,
    },
    Rule {
        name: "command-line",
        triggers: &[
            "sshpass",
            "redis-cli",
            "docker",
            "podman",
            "ldap",
            "mongo",
            "az ",
            "smbclient",
            "helm",
            "sqlcmd",
            "htpasswd",
            "useradd",
            "usermod",
            "rabbitmqctl",
            "zip",
            "7z",
            "kinit",
            "skopeo",
            "buildah",
            "oc ",
            "influx",
            "vault",
        ],
        pattern: r#"\b(?:sshpass\b[^|;\r\n]*?[ \t]-p|redis-cli\b[^|;\r\n]*?[ \t]-a|(?:docker|podman|skopeo|buildah|helm|oc|az)\b[^|;\r\n]*?\blogin\b[^|;\r\n]*?[ \t]-p|ldap[a-z]+\b[^|;\r\n]*?[ \t]-w|mongo[a-z]*\b[^|;\r\n]*?[ \t]-p|sqlcmd\b[^|;\r\n]*?[ \t]-P|smbclient\b[^|;\r\n]*?[ \t]-U[ \t]*[^\s%]+%|(?:useradd|usermod)\b[^|;\r\n]*?[ \t]-p|htpasswd[ \t]+-[a-zA-Z]*b[a-zA-Z]*[ \t]+\S+[ \t]+\S+|rabbitmqctl[ \t]+(?:add_user|change_password)[ \t]+\S+|(?:zip|7z)\b[^|;\r\n]*?[ \t]-[pP]|vault[ \t]+login)[ \t]*(?:"(?P<v>[^"\r\n]+)"|'(?P<w>[^'\r\n]+)'|(?P<x>[^\s"'|;&-][^\s"'|;&]*))"#,
        judge: not_placeholder,
    },
    Rule {
        name: "command-line",
        triggers: &["pass:", "chpasswd", "passwd"],
        pattern: r#"(?:\bpass:(?P<v>[^\s"'|;&]+)|\becho[ \t]+(?:-n[ \t]+)?["']?[^\s:"']+:(?P<w>[^\s"'|]+)["']?[ \t]*\|[ \t]*(?:sudo[ \t]+)?chpasswd|\becho[ \t]+(?:-[en]+[ \t]+)?["']?(?P<x>[^\s"'|]+)["']?[ \t]*\|[ \t]*(?:sudo[ \t]+)?passwd\b)"#,
        judge: not_placeholder,
    },
    Rule {
        name: "command-line",
        triggers: &["aws_secret_access_key", "aws_session_token", "from-literal"],
        pattern: r#"(?:\baws_(?:secret_access_key|session_token)[ \t]+["']?(?P<v>[^\s"']+)|--from-literal[= \t]+["']?[^\s=]+=["']?(?P<w>[^\s"']+))"#,
        judge: not_placeholder,
    },
    Rule {
        name: "stated-password",
        triggers: &["password", "passphrase", "secret", "token"],
        pattern: r#"(?i)\b(?:passw(?:or)?d|passphrase|secret|token|api key|access key|secret key)[ \t]+(?:for[ \t]+\S+[ \t]+)?(?:is|was|set to|changed to|reset to|are|will be)[ \t:]+["'`]?(?P<v>[^\s"'`,]{6,})"#,
        judge: is_secretish,
    },
];

fn judge_option(line: &[u8], captures: &regex::bytes::Captures<'_>) -> bool {
    not_placeholder(line, captures) && super::judge::option_takes_secret(captures)
}
