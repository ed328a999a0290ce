#!/bin/sh
# ssh.sh HOST: two at once, both through one tunnel.
set -e
ssh ${SSH_OPTIONS:-} -F ssh_config "$1" 'echo one; sleep 2' &
ssh ${SSH_OPTIONS:-} -F ssh_config "$1" 'echo two'
wait $!
