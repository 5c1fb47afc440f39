# SPDX-License-Identifier: Apache-2.0
#
# How every file is compiled. Warnings are errors with both compilers; asserts stay on
# in every build type, so NDEBUG appears nowhere.

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

set(CMAKE_C_FLAGS_DEBUG "-Og -g3")
set(CMAKE_C_FLAGS_RELEASE "-O2")
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g")

include(CheckPIESupported)
check_pie_supported(LANGUAGES C)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

add_library(lacis_flags INTERFACE)
target_compile_definitions(lacis_flags INTERFACE
    _GNU_SOURCE
    LACIS_VERSION="${PROJECT_VERSION}")
target_compile_options(lacis_flags INTERFACE
    -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith
    -Wcast-qual -Wwrite-strings -Wvla -Wconversion -Wformat=2 -Werror
    # in gcc's C -Wconversion leaves signedness out, in clang's it does not
    $<$<C_COMPILER_ID:Clang>:-Wno-sign-conversion>
    -fstack-protector-strong
    # the assembler's search path, for .incbin "room/file"
    "-Wa,-I${CMAKE_CURRENT_SOURCE_DIR}/src")
target_link_options(lacis_flags INTERFACE -Wl,-z,relro,-z,now)

if(LACIS_SANITIZE)
    target_compile_options(lacis_flags INTERFACE
        "-fsanitize=${LACIS_SANITIZE}" -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(lacis_flags INTERFACE "-fsanitize=${LACIS_SANITIZE}")
else()
    # needs optimisation, and would hide calls from the sanitizers
    target_compile_options(lacis_flags INTERFACE
        $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE>
        $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=2>)
endif()

if(LACIS_FUZZ)
    # coverage counters everywhere; the targets themselves bring libFuzzer's main()
    target_compile_options(lacis_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
