#!/bin/sh
# browser.sh BROWSER URL: by a PAC file, which the proxy serves.
# Firefox: Settings, Network, "Automatic proxy configuration URL": http://127.0.0.1:1080/proxy.pac
# Chromium and its kin take it as an option:
exec "$1" --proxy-pac-url=http://127.0.0.1:1080/proxy.pac "$2"
