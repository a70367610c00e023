# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Packages of other suites than the host's: by lists of our own, from where the
# host has its Debian 12. The host's lists stay as they are.

# foreign_lists DIR SUITE: sets FOREIGN_APT, what apt-get and apt-cache must be told
# to see SUITE alone; DIR receives the lists. 1 when there is nowhere to ask.
foreign_lists()
{
	local dir=$1 suite=$2 mirror

	# shellcheck disable=SC2016 # apt's own variable
	mirror=$(apt-get indextargets --format '$(REPO_URI)' \
		'Created-By: Packages' 'Codename: bookworm' | head -n1)
	if [ -z "$mirror" ]; then
		say "apt knows no archive of Debian 12 to fetch from $suite"
		return 1
	fi
	mkdir -p "$dir"/{lists/partial,cache/archives/partial}
	echo 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]' \
		"$mirror $suite main" >"$dir/sources.list"
	FOREIGN_APT=(-o APT::Sandbox::User=root
		-o Dir::Etc::SourceList="$dir/sources.list"
		-o Dir::Etc::SourceParts=/dev/null
		-o Dir::State::Lists="$dir/lists" -o Dir::Cache="$dir/cache")
	apt-get -qq "${FOREIGN_APT[@]}" update >&2
}
