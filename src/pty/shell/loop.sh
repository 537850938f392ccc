# Runs step files one after the other in this shell and reports how each of them ended: the form
# for a POSIX shell. It cannot list functions, so those do not survive a restart.
[ -n "${BASH_VERSION-}" ] && { set +o posix; . @DIRECTORY@/loop.bash; exit; }
{
  __holdpoint_directory=@DIRECTORY@

  if [ -r "$__holdpoint_directory/state" ]; then
    . "$__holdpoint_directory/state"
  fi >/dev/null 2>&1

  __holdpoint_report() {
    printf '%s\0' "$__holdpoint_nonce" "$1" "$__holdpoint_attempt" "$__holdpoint_status" "${PWD-}" \
      1<>"$__holdpoint_directory/reports"
  }

@STATE@
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
