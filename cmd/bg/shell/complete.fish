function __bg_complete
	set -l words (commandline -opc) (commandline -ct)
	{{program}} __complete $words[2..-1] 2>/dev/null | string match -v -r '^:'
end
complete -c bg -f -a '(__bg_complete)'
