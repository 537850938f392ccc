# Runs one step file in this shell with the state that the last one left, and leaves its own.
{
  builtin shopt -s expand_aliases
  __holdpoint_directory=${0%/*}
  builtin set -- "$1" "${SSH_AUTH_SOCK-}" "${SSH_TTY-}" "${TERM-}"

  # Our own functions come after this: what bash lists of a function it may read differently.
  if [[ -r $__holdpoint_directory/state ]]; then
    . "$__holdpoint_directory/state"
  fi >/dev/null 2>&1

  __holdpoint_report() {
    builtin command -p mv -f "$__holdpoint_directory/state.$__holdpoint_attempt" "$__holdpoint_directory/state"
  }

@STATE@

  # What belongs to this connection, not to the one before.
  [ -n "$2" ] && export SSH_AUTH_SOCK="$2"
  [ -n "$3" ] && export SSH_TTY="$3"
  [ -n "$4" ] && export TERM="$4"
  __holdpoint_step=$1
  builtin set --
  __holdpoint_attempt=next __holdpoint_status=0 __holdpoint_exit=
  __holdpoint_guard
  . "$__holdpoint_directory/$__holdpoint_step"
  { __holdpoint_status=$?; builtin set +exv; } >/dev/null 2>&1
  builtin exit "$__holdpoint_status"
}
