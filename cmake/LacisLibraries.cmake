# SPDX-License-Identifier: Apache-2.0
#
# Libraries, all through pkg-config. Their Debian packages are in scripts/packages.txt.

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)

pkg_check_modules(LACIS_DEPENDENCIES REQUIRED IMPORTED_TARGET
    expat
    libcurl
    libmicrohttpd
    libsodium
    libutf8proc
    libxxhash
    libzstd
    sqlite3
    yyjson
    zlib)

add_library(lacis_libraries INTERFACE)
target_link_libraries(lacis_libraries INTERFACE
    PkgConfig::LACIS_DEPENDENCIES Threads::Threads m)

if(BUILD_TESTING AND NOT LACIS_FUZZ)
    pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)
endif()
