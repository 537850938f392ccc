//! The words by which rules recognise things: programs, imperatives, kinds of heading. Only words;
//! what follows from them is the rules' business.

use std::collections::HashSet;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// Programs whose name at the start of a line makes it a command line.
const PROGRAMS: &str = "\
ansible ansible-galaxy ansible-playbook ansible-vault apachectl apache2ctl apk apt apt-get aptitude argo argocd awk aws \
az barman base64 bash bazel borg borgmatic bosh bq brew btrfs buildah bun bundle caddy cargo cat cd celery ceph cephadm \
certbot cf chgrp chmod chown chroot chrt cilium clickhouse-client cmake cmp cockroach composer conda consul cosign cp \
cqlsh createdb createuser crictl crontab ctr curl cut date dd deno df diff dig dir django-admin dmesg dnf docker \
docker-compose doctl dpkg dpkg-reconfigure dropdb dropuser drush du echo egrep eksctl env envsubst etcdctl etcdutl \
ethtool eval exec exit export fallocate fdisk file find firewall-cmd flask flux fly flyctl free fsck gcloud gem getent \
getfacl gh git gitlab-backup gitlab-ctl gitlab-rails gitlab-rake glab gluster go gpg gpg2 gradle grep groupadd \
grub-install gsutil gunicorn gunzip gzip haproxy hcloud head helm helmfile heroku hg host hostname hostnamectl htop \
http httpie id ifconfig influx init initdb iostat ip ipmitool iptables ip6tables istioctl java journalctl jq jsonnet \
just k k3s k9s kafka-topics kafka-topics.sh kafka-console-consumer keytool kill killall kind kn kops kubeadm kubectl \
kubectx kubens kubeseal kustomize ldapsearch less linkerd ln logcli loginctl logrotate ls lsblk lsof lspci lvcreate \
lvextend lvs make manage.py mariabackup mariadb mariadb-dump mc md5sum mdadm migrate minikube mise mix mkdir mkfs \
mkfs.ext4 mkfs.xfs mkswap modprobe mongo mongodump mongorestore mongosh mount mv mvn mysql mysqladmin mysqlcheck \
mysqldump nano nc ncat nerdctl netplan netstat nft nginx nix nixos-rebuild nmap nmcli node nodetool nohup nomad npm npx \
nslookup nvidia-smi nvm oc occ openssl opkg osqueryi pacman parted passwd patch patronictl perl pg_basebackup \
pg_ctl pg_ctlcluster pg_dump pg_dumpall pg_isready pg_restore pg_upgrade pgbackrest pgrep php php-fpm ping pip pip3 \
pipenv pipx pkill pm2 pnpm podman podman-compose poetry popd poweroff powershell printenv printf promtool ps psql \
pulumi puppet pushd pvcreate pvs pwd pwsh pyenv pytest python python2 python3 rabbitmq-diagnostics rabbitmqctl rados rails \
railway rake rbd rclone reboot redis-cli reindexdb repmgr resize2fs restic restorecon rke rke2 rm rmdir rpm rsync ruby \
rustup salt salt-call scp sed semanage sentry service setenforce setsebool sftp sh sha1sum sha256sum sha512sum shutdown \
skopeo sleep snap sops sort source sqlite3 ss ssh ssh-add ssh-copy-id ssh-keygen stat strace su sudo sum supabase \
supervisorctl svn swapoff swapon sync sysctl systemctl systemd-analyze tail talosctl tar tc tcpdump tee telepresence telnet terraform \
terragrunt thanos timedatectl timeout tkn tmux tofu top touch tr traceroute truncate ufw ulimit umask umount uname uniq unset \
unzip update-ca-certificates update-grub update-initramfs uptime useradd userdel usermod uuidgen uv uvicorn uwsgi \
vacuumdb vagrant vault velero vercel vgs vi vim virsh virt-install virtctl virtualenv visudo vmstat watch wc wg wg-quick \
wget whereis which whoami wp wrangler xargs xfs_growfs xtrabackup xxd xz yarn yq yum zcat zfs zip zpool zstd zypper \
alembic alias amtool artisan bench cast chef-client choco clear command cypher-shell dapr declare depmod disown dracut \
duplicity e2fsck efibootmgr fg figlet gaiad getenforce getcap gitlab-psql grpcurl hexdump history hub hypershift ipset \
jobs knife kinit klist launchctl lxc incus locate logger lsmod lshw lvresize magento man mimirtool more mtr mvnw n98-magerun ncdu \
netlify newaliases nginx-debug ocm odo openstack packer pgbench pgloader postconf postqueue postsuper proxmox-backup-client qm \
pct pveversion pveam rancher read readlink realpath renice restart rbenv rosa set setfacl shasum sha1 smartctl solana \
start status stop task test time tkctl tofu trap true false typeset udevadm velero vtctldclient vtctlclient wait wal-g wal-e \
wc zabbix_get zgrep osmosisd osdctl stsadm kubectl-argo-rollouts kubectl-cnpg pgcli runuser doas systemd-run loginctl setcap \
age age-keygen aws-vault bconsole besu geth lighthouse civibuild cv otelcol opensearch-plugin elasticsearch-plugin logstash-plugin \
gitlab-runner forge anchor foundryup direnv asdf tfenv tf gds-cli credhub uaac om bbl influxd telegraf chronyc ntpq iscsiadm multipath \
drbdadm pcs crm corosync-cfgtool zkCli.sh zkServer.sh nsenter unshare losetup cryptsetup blkid lsns ldapadd ldapmodify slapcat \
xdg-open open code dotnet msbuild nuget swift xcodebuild pod fastlane bin/rails bin/console bin/magento";

/// Programs of `PowerShell`.
const CMDLET_VERBS: &str = "Add Clear Connect Copy Disable Disconnect Enable Export Find Format Get Import Install Invoke \
Measure Move New Out Push Register Remove Rename Repair Reset Resolve Restart Restore Resume Save Select Send Set Show Sort \
Start Stop Suspend Test Uninstall Unregister Update Wait Where Write";

/// Verbs that open an instruction.
const IMPERATIVES: &str = "\
abort accept ack acknowledge acquire activate add adjust agree align alert allow analyze analyse announce answer append apply approve \
archive ask assess assign attach authenticate attribute authorize backup block bootstrap bring browse build bump bundle call cancel capture \
change choose clean clear click clone close collect commit communicate compare compile complete compress configure connect \
consider consult contact continue convert coordinate copy correct create cut deactivate declare decide decommission decrypt \
define delete deploy describe destroy detach determine diagnose diff disable disconnect discover distribute document dot download drain draft \
drop dump edit eject email enable encrypt engage enter escalate estimate evaluate evict examine exclude execute exit expand export \
extend extract fail failover fetch file fill filter find finish fix flag flip flush follow force format forward freeze fund gather generate get \
give go grant grep hand identify ignore import include increase inform initialize initiate inject insert inspect install \
instruct integrate interview invalidate investigate invite invoke isolate issue join keep kill label launch leave let link list listen load locate lock log \
login logout look lower maintain make manage map mark measure merge migrate minimize modify monitor mount move name navigate note \
notify observe obtain open optimize order organize override page paste patch pause perform pick pin ping place plan post power practice \
prepare press prevent print proceed promote propose provide provision publish pull purge push put query quiesce quit raise read rebase \
reboot rebuild recheck recover recreate rectify redeploy redirect reduce refer refresh regenerate register reinstall reload record review remediate remind \
remove rename renew repair repeat replace replay reply report repoint request rerun reset resize resolve respond restart restore resubmit resume resync retain \
retire retrieve retry return reverse revert revoke rollback roll rotate route run save scale scan schedule scroll search \
seed select send separate serve set setup share shift ship show shut shutdown sign silence skip snapshot specify spin split stage start state step stop \
store stream submit subscribe substitute supply suspend swap switch sync synchronize tag tail take teardown tear terminate tell throttle toggle trace track \
transfer transition trigger triage troubleshoot turn type unblock uncomment undo unfreeze uninstall unlock unmount unpack unpause unpin unset unzip \
untar update upgrade upload use utilize vacuum view visit wait walk warn watch whitelist wipe withdraw work wrap write zip";

/// Verbs that open a check.
const CHECKS: &str = "verify confirm check ensure validate assert";

/// Titles of parts that are only read.
const REFERENCE: &str = "\
overview background introduction purpose scope audience glossary references reference contacts related appendix symptoms \
symptom impact meaning context about rationale motivation architecture ownership owner owners description severity definition \
definitions summary notes note changelog history terminology metadata alerts alert links resources faq limitations \
considerations design principles policy roles responsibilities explanation concepts goal goals objective objectives prerequisites-table \
conclusion lessons acknowledgements license inventory";

type Words = LazyLock<HashSet<&'static str>>;

static PROGRAM_WORDS: Words = LazyLock::new(|| PROGRAMS.split(' ').collect());
static CMDLET_WORDS: Words = LazyLock::new(|| CMDLET_VERBS.split(' ').collect());
static IMPERATIVE_WORDS: Words = LazyLock::new(|| IMPERATIVES.split(' ').collect());
static CHECK_WORDS: Words = LazyLock::new(|| CHECKS.split(' ').collect());
static REFERENCE_WORDS: Words = LazyLock::new(|| REFERENCE.split(' ').collect());

/// Whether this word names a program.
pub(crate) fn is_program(word: &str) -> bool {
    PROGRAM_WORDS.contains(word)
}

/// Whether this word looks like a `PowerShell` command, for example `Get-Service`.
pub(crate) fn is_cmdlet(word: &str) -> bool {
    word.split_once('-').is_some_and(|(verb, noun)| {
        CMDLET_WORDS.contains(verb) && noun.starts_with(|letter: char| letter.is_ascii_uppercase())
    })
}

/// Whether this word opens an instruction.
pub(crate) fn is_imperative(word: &str) -> bool {
    let lower = word.to_lowercase();
    let stem = lower.strip_prefix("re-").unwrap_or(&lower);
    IMPERATIVE_WORDS.contains(stem)
        || CHECK_WORDS.contains(stem)
        || lower == "double-check"
        || lower == "spot-check"
}

/// Whether this word opens a check.
pub(crate) fn is_check(word: &str) -> bool {
    CHECK_WORDS.contains(word.to_lowercase().as_str()) || word.eq_ignore_ascii_case("double-check")
}

/// Whether a title of this word is only to be read.
pub(crate) fn is_reference(word: &str) -> bool {
    REFERENCE_WORDS.contains(word.to_lowercase().as_str())
}

/// The first word of a text, without punctuation around it.
pub(crate) fn first_word(text: &str) -> &str {
    let trimmed = text.trim_start_matches(|letter: char| !letter.is_alphanumeric());
    let end = trimmed
        .find(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '-' | '\'' | '_')))
        .unwrap_or(trimmed.len());
    &trimmed[..end]
}

/// Whether the text holds this phrase, ignoring case, at word borders.
pub(crate) fn says(text: &str, phrase: &str) -> bool {
    holds(&text.to_lowercase(), phrase)
}

/// Phrases that are looked for together.
pub(crate) struct Phrases(Option<AhoCorasick>);

impl Phrases {
    /// An automaton for these phrases.
    pub(crate) fn new(phrases: &[&str]) -> Self {
        Self(AhoCorasick::builder().ascii_case_insensitive(true).build(phrases).ok())
    }

    /// Whether the text holds any of the phrases at word borders.
    pub(crate) fn are_in(&self, text: &str) -> bool {
        let Some(automaton) = &self.0 else { return false };
        automaton.find_overlapping_iter(text).any(|hit| {
            let before = text.get(..hit.start()).and_then(|text| text.chars().next_back());
            let after = text.get(hit.end()..).and_then(|text| text.chars().next());
            before.is_none_or(|letter| !letter.is_alphanumeric())
                && after.is_none_or(|letter| !letter.is_alphanumeric())
        })
    }
}

/// Whether the text holds any of these phrases, ignoring case, at word borders; the phrases are
/// prepared once for the place of the call.
macro_rules! says_any {
    ($text:expr, $phrases:expr $(,)?) => {{
        static PHRASES: std::sync::LazyLock<$crate::runbook::lexicon::Phrases> =
            std::sync::LazyLock::new(|| $crate::runbook::lexicon::Phrases::new($phrases));
        PHRASES.are_in($text)
    }};
}

pub(crate) use says_any;

fn holds(lower: &str, phrase: &str) -> bool {
    lower.match_indices(phrase).any(|(at, _)| {
        let before = lower[..at].chars().next_back().is_none_or(|letter| !letter.is_alphanumeric());
        let after = lower[at + phrase.len()..].chars().next().is_none_or(|letter| !letter.is_alphanumeric());
        before && after
    })
}
