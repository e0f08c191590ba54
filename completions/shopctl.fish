# fish completion of shopctl.
function __shopctl_complete
    set -l words (commandline -opc)
    set -e words[1]
    command shopctl __complete -- $words (commandline -ct) 2>/dev/null
end
complete -c shopctl -f -a '(__shopctl_complete)'
