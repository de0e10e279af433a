# Makes the inside of a private machine: only loopback, fresh /run and /dev/shm, and own copies of what programs change.
# Runs in new mount and network namespaces, says `ready`, and stays until it is killed.
# $1: the folder of the machine, in which etc, var-lib, var-tmp and media lie
set -e
ip link set lo up
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /dev/shm
mkdir -p /run/lock /run/user/0
mount --bind "$1/etc" /etc
mount --bind "$1/var-lib" /var/lib
mount --bind "$1/var-tmp" /var/tmp
mount --bind "$1/media" /media
echo ready
exec sleep infinity
