# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of slowpath's command lines for fish. What there is to offer, slowpath says itself.

function __slowpath_complete
    set -l words (commandline -opc)
    set -l begun (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    for line in (command $program __complete $words "$begun" 2>/dev/null)
        if test "$line" = ":files"
            __fish_complete_path (string replace -r -- '^--[^=]*=' '' "$begun")
        else
            echo $line
        end
    end
end

complete -c slowpath -f -a '(__slowpath_complete)'
