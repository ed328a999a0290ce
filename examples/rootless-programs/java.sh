#!/bin/sh
# java.sh URL: a Java program needs no change, but system properties.
set -e
java=${JAVA:-java}
"$java" -DsocksProxyHost=127.0.0.1 -DsocksProxyPort=1080 Fetch.java "$1"
"$java" -Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=1080 Fetch.java "$1"
"$java" -Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=1080 -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=1080 Fetch.java "$1"
