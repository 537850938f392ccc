# Runs step files one after the other in this shell and reports how each of them ended: the form
# for a POSIX shell. It cannot list functions, so those do not survive a restart.
[ -n "${BASH_VERSION-}" ] && { set +o posix; . @DIRECTORY@/loop.bash; exit; }
{
  __holdpoint_directory=@DIRECTORY@

  __holdpoint_report() {
    printf '%s\0' "$__holdpoint_nonce" "$1" "$__holdpoint_attempt" "$__holdpoint_status" "${PWD-}" \
      >"$__holdpoint_directory/reports"
  }

  __holdpoint_dump() {
    {
      set
      export -p
      readonly -p
      alias | while IFS= read -r __holdpoint_line; do printf 'alias %s\n' "$__holdpoint_line"; done
      set +o
      printf 'umask '
      umask
      printf 'cd -- "$PWD"\n# complete\n'
    } >|"$__holdpoint_directory/state.$__holdpoint_attempt"
  }

  __holdpoint_return() {
    return "$1"
  }

  __holdpoint_run_exit_trap() {
    __holdpoint_commands=$__holdpoint_exit
    __holdpoint_exit=
    [ -z "$__holdpoint_commands" ] && return
    __holdpoint_return "$__holdpoint_status"
    eval "$__holdpoint_commands"
  }

  # A step's EXIT trap is kept aside, so that ours still saves the state: steps see it by an alias.
  # In a subshell, which has another id, it is the real one.
  __holdpoint_trap() {
    case " $* " in
      *' EXIT '* | *' 0 '*) ;;
      *) trap "$@"; return ;;
    esac
    __holdpoint_pid=$(exec sh -c 'echo "$PPID"')
    if [ "$__holdpoint_pid" != "$$" ]; then
      trap "$@"
      return
    fi
    [ "$1" = -- ] && shift
    case $1 in
      -) __holdpoint_exit= ;;
      *) __holdpoint_exit=$1 ;;
    esac
  }

  __holdpoint_guard() {
    trap '{ __holdpoint_status=$?; set +exv; } 2>/dev/null; __holdpoint_bye' EXIT
  }

  __holdpoint_bye() {
    [ -z "$__holdpoint_attempt" ] && exit "$__holdpoint_status"
    __holdpoint_dump 2>/dev/null
    __holdpoint_run_exit_trap
    { __holdpoint_dump; __holdpoint_report BYE; } 2>/dev/null
    exit "$__holdpoint_status"
  }

  __holdpoint_end() {
    __holdpoint_run_exit_trap
    {
      __holdpoint_guard
      trap : INT QUIT
      trap - HUP TERM TSTP
      __holdpoint_dump
      __holdpoint_report END
      __holdpoint_attempt=
    } >/dev/null 2>&1
  }

  if [ -r "$__holdpoint_directory/state" ]; then
    . "$__holdpoint_directory/state"
  fi >/dev/null 2>&1
  __holdpoint_directory=@DIRECTORY@
  __holdpoint_nonce= __holdpoint_attempt= __holdpoint_status=0 __holdpoint_exit= __holdpoint_line=
  alias trap=__holdpoint_trap
  __holdpoint_guard
  trap : INT QUIT

  while :; do
    while
      { set +exvm; } >/dev/null 2>&1
      [ -n "$__holdpoint_attempt" ] && __holdpoint_end
      IFS= read -r __holdpoint_line <"$__holdpoint_directory/commands"
    do
      case $__holdpoint_line in
        RUN\ *) ;;
        *) continue ;;
      esac
      __holdpoint_line=${__holdpoint_line#RUN }
      __holdpoint_nonce=${__holdpoint_line%% *}
      __holdpoint_line=${__holdpoint_line#* }
      __holdpoint_attempt=${__holdpoint_line%% *}
      __holdpoint_line=${__holdpoint_line#* }
      __holdpoint_status=0
      trap 'exit 130' INT
      trap 'exit 131' QUIT
      trap 'exit 143' TERM
      __holdpoint_report BEGIN
      . "$__holdpoint_line"
      { __holdpoint_status=$?; set +exvm; } >/dev/null 2>&1
      __holdpoint_end
    done
    [ -p "$__holdpoint_directory/commands" ] || exit 70
  done
}
