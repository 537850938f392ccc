# Runs step files one after the other in this shell and reports how each of them ended. The whole
# of it is one command, so that nothing a step defines can change how it is read.
{
  builtin shopt -s expand_aliases
  __holdpoint_directory=@DIRECTORY@

  # Our own functions come after this: what bash lists of a function it may read differently.
  if [[ -r $__holdpoint_directory/state ]]; then
    . "$__holdpoint_directory/state"
  fi >/dev/null 2>&1

  __holdpoint_report() {
    builtin printf '%s\0' "$__holdpoint_nonce" "$1" "$__holdpoint_attempt" "$__holdpoint_status" "${PWD-}" \
      1<>"$__holdpoint_directory/reports"
  }

@STATE@
  # The step is over and the shell lives.
  __holdpoint_end() {
    __holdpoint_run_exit_trap
    {
      __holdpoint_guard
      builtin trap : INT
      builtin trap - HUP QUIT TERM TSTP DEBUG ERR RETURN
      __holdpoint_dump
      __holdpoint_report END
      __holdpoint_attempt=
    } >/dev/null 2>&1
  }

  __holdpoint_directory=@DIRECTORY@
  __holdpoint_nonce= __holdpoint_attempt= __holdpoint_status=0 __holdpoint_exit= __holdpoint_line=
  __holdpoint_guard
  builtin trap : INT

  # A stray `break` leaves the inner loop and a stray `continue` its body: both come back to here.
  while :; do
    while
      { builtin set +exvm; builtin trap - DEBUG ERR RETURN; } >/dev/null 2>&1
      [[ -n $__holdpoint_attempt ]] && __holdpoint_end
      IFS= builtin read -r __holdpoint_line <"$__holdpoint_directory/commands"
    do
      [[ $__holdpoint_line == RUN\ * ]] || builtin continue
      __holdpoint_line=${__holdpoint_line#RUN }
      __holdpoint_nonce=${__holdpoint_line%% *}
      __holdpoint_line=${__holdpoint_line#* }
      __holdpoint_attempt=${__holdpoint_line%% *}
      __holdpoint_line=${__holdpoint_line#* }
      __holdpoint_status=0
      builtin trap - INT
      __holdpoint_report BEGIN
      . "$__holdpoint_line"
      { __holdpoint_status=$?; builtin set +exvm; builtin trap - DEBUG ERR RETURN; } >/dev/null 2>&1
      __holdpoint_end
    done
    [[ -p $__holdpoint_directory/commands ]] || builtin exit 70
  done
}
