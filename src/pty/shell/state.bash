  __holdpoint_dump() {
    {
      builtin declare -p
      builtin declare -f
      builtin alias -p
      builtin shopt -p
      builtin shopt -po
      builtin umask -p
      builtin printf 'cd -- %q\nOLDPWD=%q\n# complete\n' "${PWD-}" "${OLDPWD-}"
    } >|"$__holdpoint_directory/state.$__holdpoint_attempt"
  }

  __holdpoint_return() {
    builtin return "$1"
  }

  # What the step wants done at its end; it has the status that the step ended with.
  __holdpoint_run_exit_trap() {
    builtin local commands="$__holdpoint_exit"
    __holdpoint_exit=
    [[ -z $commands ]] && builtin return
    __holdpoint_return "$__holdpoint_status"
    builtin eval "$commands"
  }

  # A step's EXIT trap is kept aside, so that ours still saves the state. The last command is the
  # real one where a DEBUG trap is set, which would see every command after it.
  trap() {
    { builtin local -; builtin set +exv; } 2>/dev/null
    if [[ $BASHPID == "$$" && " ${*^^} " =~ ' EXIT '|' 0 ' ]]; then
      __holdpoint_keep_trap "$@"
    else
      builtin trap "$@"
    fi
  }

  __holdpoint_keep_trap() {
    builtin trap "$@" || builtin return
    builtin local current
    current=$(builtin trap -p EXIT)
    if [[ $current != *__holdpoint_bye* ]]; then
      builtin eval "builtin set -- $current"
      __holdpoint_exit=${3-}
      __holdpoint_guard
    fi
  }

  __holdpoint_guard() {
    builtin trap '{ __holdpoint_status=$?; builtin set +exv; builtin trap - DEBUG ERR RETURN; } >/dev/null 2>&1; __holdpoint_bye' EXIT
  }

  # The step ends the shell.
  __holdpoint_bye() {
    [[ -z $__holdpoint_attempt ]] && builtin exit "$__holdpoint_status"
    __holdpoint_dump 2>/dev/null
    __holdpoint_run_exit_trap
    { __holdpoint_dump; __holdpoint_report BYE; } 2>/dev/null
    builtin exit "$__holdpoint_status"
  }
