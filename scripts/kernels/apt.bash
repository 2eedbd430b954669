# shellcheck shell=bash disable=SC2154 # dir: below
# apt with a private configuration, so that the machine's own state stays as it is; for fetch and
# sysroot.
#
# In: `dir`, a folder for its state, by whom this is read. Out: functions; APT_CONFIG, exported by
#     configure().
readonly keyring=/usr/share/keyrings/debian-archive-keyring.gpg

fail() {
	echo "$*" >&2
	exit 1
}

# The mirrors to try, best first: this machine's own, if it is a Debian, then the official ones.
mirrors() {
	local id='' VERSION_CODENAME=''

	if [[ -r /etc/os-release ]]; then
		# shellcheck disable=SC1091
		id=$(. /etc/os-release && echo "${ID-} ${VERSION_CODENAME-}")
		VERSION_CODENAME=${id#* }
	fi
	{
		if [[ $id == debian\ ?* ]]; then
			# shellcheck disable=SC2016
			env -u APT_CONFIG apt-get indextargets \
				--format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
				awk -v release="$VERSION_CODENAME" \
					'$1 == release && $2 == "main" && $3 ~ /debian\/?$/ { print $3 }'
		fi
		echo http://deb.debian.org/debian
		echo http://archive.debian.org/debian
	} | sed 's,/*$,,' | awk '!seen[$0]++'
}

# Write a private apt configuration for one suite of one mirror and one architecture. Only how the
# machine reaches the network (proxies, timeouts) is taken over from its own.
configure() {
	local mirror=$1 suite=$2 arch=$3

	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
	: >"$dir/status"
	echo "deb [arch=$arch signed-by=$keyring check-valid-until=no] $mirror $suite main" \
		>"$dir/sources.list"
	{
		env -u APT_CONFIG apt-config dump | sed -n '/^Acquire::\(http\|https\|Check\)/p'
		cat <<-END
			Dir::Etc::main "/dev/null";
			Dir::Etc::parts "/dev/null";
			Dir::Etc::sourcelist "$dir/sources.list";
			Dir::Etc::sourceparts "/dev/null";
			Dir::Etc::preferences "/dev/null";
			Dir::Etc::preferencesparts "/dev/null";
			Dir::State "$dir";
			Dir::State::lists "$dir/lists";
			Dir::State::status "$dir/status";
			Dir::Cache "$dir/cache";
			Dir::Cache::pkgcache "";
			Dir::Cache::srcpkgcache "";
			Acquire::Languages "none";
			Acquire::GzipIndexes "true";
			Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
			Acquire::http::Timeout "20";
			Acquire::Retries "1";
			APT::Architecture "$arch";
			APT::Architectures { "$arch"; };
			APT::Sandbox::User "root";
			APT::Update::Error-Mode "any";
		END
	} >"$dir/apt.conf"
	export APT_CONFIG=$dir/apt.conf
}

# Refresh the index of the suite for an architecture from the first mirror that has it.
update() {
	local suite=$1 arch=$2 mirror

	for mirror in $(mirrors); do
		configure "$mirror" "$suite" "$arch"
		if apt-get -qq update >"$dir/update.log" 2>&1; then
			touch "$dir/updated"
			return 0
		fi
	done
	return 1
}

# Why update() has failed.
why_no_update() {
	echo "no mirror has $1: $(grep -m 1 '^[EW]:' "$dir/update.log" || echo 'no reason given')"
}

# What is missing to use apt, or nothing.
why_no_apt() {
	local tool

	for tool in apt-get apt-cache dpkg-deb; do
		if [[ -z $(type -P "$tool") ]]; then
			echo "$tool is missing, needed to fetch Debian's packages"
			return
		fi
	done
	[[ -r $keyring ]] || echo "$keyring is missing (package debian-archive-keyring)"
}
