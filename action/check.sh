#!/usr/bin/env bash
# Runs `plimsoll check` in the workspace: annotations on standard output, the job summary where
# GitHub wants it, SARIF in a file. Ends with the exit code of plimsoll.
#
# Reads PLIMSOLL (the binary), INPUT_PATH, INPUT_CONFIG, INPUT_FAIL_ON, INPUT_ALL_RULES, INPUT_ARGS
# and what GitHub gives every step. INPUT_PATH and INPUT_ARGS hold one argument a line.
set -euo pipefail

sarif="${RUNNER_TEMP:?}/plimsoll.sarif"
arguments=(check --format github --format sarif --output "${sarif}")

[[ -z "${INPUT_CONFIG:-}" ]] || arguments+=(--config "${INPUT_CONFIG}")
[[ -z "${INPUT_FAIL_ON:-}" ]] || arguments+=(--fail-on "${INPUT_FAIL_ON}")
case "${INPUT_ALL_RULES:-false}" in
    true) arguments+=(--all-rules) ;;
    false) ;;
    *)
        echo "::error title=plimsoll::all-rules is true or false, not ${INPUT_ALL_RULES}"
        exit 3
        ;;
esac

# Appends each line of $1 that is not empty; bash 3.2, which macOS has, knows no mapfile.
append_lines() {
    local line
    while IFS= read -r line; do
        [[ -z "${line}" ]] || arguments+=("${line}")
    done <<<"$1"
}

append_lines "${INPUT_ARGS:-}"
# After `--` a path may begin with a dash.
arguments+=(--)
append_lines "${INPUT_PATH:-.}"

rm -f "${sarif}"
cd "${GITHUB_WORKSPACE:?}"
code=0
"${PLIMSOLL:?}" "${arguments[@]}" || code=$?

{
    echo "exit-code=${code}"
    [[ ! -f "${sarif}" ]] || echo "sarif-file=${sarif}"
} >>"${GITHUB_OUTPUT:?}"
exit "${code}"
