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
