# Runs step files one after the other in this shell and reports how each of them ended: the form
# for zsh. The whole of it is one command, so that no alias changes how it is read.
{
  __holdpoint_directory=@DIRECTORY@

  if [[ -r $__holdpoint_directory/state ]]; then
    builtin source "$__holdpoint_directory/state"
  fi >/dev/null 2>&1

  __holdpoint_report() {
    builtin printf '%s\0' "$__holdpoint_nonce" "$1" "$__holdpoint_attempt" "$__holdpoint_status" "${PWD-}" \
      1<>"$__holdpoint_directory/reports"
  }

  # Values of the shell's own are carried where they can be assigned.
  __holdpoint_dump() {
    {
      for __holdpoint_name in ${(k)parameters}; do
        case "$__holdpoint_name:${parameters[$__holdpoint_name]}" in
          __holdpoint_*|_:*|*:*local*) builtin continue ;;
          (PATH|FPATH|CDPATH|IFS|LANG|LC_*|TERM|TZ|HOME|PS4):*) ;;
          *:*(special|hideval)*) builtin continue ;;
        esac
        builtin typeset -p "$__holdpoint_name"
      done
      builtin functions
      builtin alias -L
      builtin set +o
      builtin printf 'umask %s\ncd -- %s\nOLDPWD=%s\n# complete\n' "$(builtin umask)" "${(qq)PWD}" "${(qq)OLDPWD-}"
    } >|"$__holdpoint_directory/state.$__holdpoint_attempt" 2>/dev/null
  }

  # What the step wants done at its end; it has the status that the step ended with.
  __holdpoint_return() {
    builtin return "$1"
  }

  # The step ends the shell. An `exit` calls the hook after an EXIT trap of the step's own; a failure
  # under `set -e` calls the trap only, which is ours unless the step has set one.
  __holdpoint_bye() {
    __holdpoint_status=$?
    builtin unsetopt err_exit xtrace verbose 2>/dev/null
    if [[ -n $__holdpoint_attempt ]]; then
      __holdpoint_dump
      __holdpoint_report BYE
      __holdpoint_attempt=
    fi
  }

  zshexit() {
    __holdpoint_bye
  }

  # The step is over and the shell lives.
  __holdpoint_end() {
    __holdpoint_dump
    __holdpoint_report END
    __holdpoint_attempt=
  }

  __holdpoint_directory=@DIRECTORY@
  __holdpoint_nonce= __holdpoint_attempt= __holdpoint_status=0 __holdpoint_line= __holdpoint_name=
  builtin trap : INT QUIT

  while :; do
    while
      { builtin unsetopt err_exit xtrace verbose monitor; builtin trap - DEBUG ZERR; } >/dev/null 2>&1
      if [[ -n $__holdpoint_attempt ]]; then __holdpoint_end; fi
      IFS= builtin read -r __holdpoint_line <"$__holdpoint_directory/commands"
    do
      [[ $__holdpoint_line == RUN\ * ]] || builtin continue
      __holdpoint_line=${__holdpoint_line#RUN }
      __holdpoint_nonce=${__holdpoint_line%% *}
      __holdpoint_line=${__holdpoint_line#* }
      __holdpoint_attempt=${__holdpoint_line%% *}
      __holdpoint_line=${__holdpoint_line#* }
      __holdpoint_status=0
      builtin trap 'exit 130' INT
      builtin trap - QUIT
      builtin trap 'exit 143' TERM
      builtin trap __holdpoint_bye EXIT
      __holdpoint_report BEGIN
      builtin source "$__holdpoint_line"
      { __holdpoint_status=$?; builtin unsetopt err_exit xtrace verbose monitor; builtin trap - DEBUG ZERR; } >/dev/null 2>&1
      builtin trap >|"$__holdpoint_directory/state.traps"
      __holdpoint_line=$(<"$__holdpoint_directory/state.traps")
      __holdpoint_line=${(M)${(f)__holdpoint_line}:#* EXIT}
      builtin trap - EXIT
      if [[ -n $__holdpoint_line && $__holdpoint_line != *__holdpoint_bye* ]]; then
        builtin eval "builtin set -- $__holdpoint_line"
        __holdpoint_line=$3
        builtin set --
        __holdpoint_return "$__holdpoint_status"
        builtin eval "$__holdpoint_line"
      fi
      builtin trap : INT QUIT
      builtin trap - TERM HUP
      __holdpoint_end
    done
    [[ -p $__holdpoint_directory/commands ]] || builtin exit 70
  done
}
