# SPDX-License-Identifier: Apache-2.0
#
# Finds sources, tests, fuzz targets and benchmarks by where they are and what they
# are called. A test may say in its head comment, once the file's purpose is told:
#
#     ctest-labels: threads slow        labels, for ctest -L
#     ctest-timeout: 600                seconds, instead of the 300 of all others

# The environment of every test. The centres' sample data are not part of the source:
# tests that want them skip when SHARED_DATA is not set.
set(LACIS_TEST_ENVIRONMENT
    "LACIS=${CMAKE_BINARY_DIR}/lacis"
    "SOURCE_DIR=${CMAKE_CURRENT_SOURCE_DIR}"
    "BUILD_DIR=${CMAKE_BINARY_DIR}")
get_filename_component(shared_data "${CMAKE_CURRENT_SOURCE_DIR}/../shared/data" ABSOLUTE)
if(IS_DIRECTORY "${shared_data}")
    list(APPEND LACIS_TEST_ENVIRONMENT "SHARED_DATA=${shared_data}")
endif()

# All sources of all rooms, less the program's main() and the tests.
function(lacis_collect_rooms sources_r)
    set(all "")
    foreach(room IN LISTS LACIS_ROOMS)
        set(folder "${CMAKE_CURRENT_SOURCE_DIR}/src/${room}")
        file(GLOB sources CONFIGURE_DEPENDS "${folder}/*.c")
        list(FILTER sources EXCLUDE REGEX "/test_[^/]*\\.c$")
        list(REMOVE_ITEM sources "${CMAKE_CURRENT_SOURCE_DIR}/src/cli/main.c")
        list(APPEND all ${sources})

        # files embedded by .incbin: the compiler does not see that it depends on them
        file(GLOB embedded CONFIGURE_DEPENDS "${folder}/*.dict" "${folder}/*.bin")
        if(sources AND embedded)
            set_source_files_properties(${sources} PROPERTIES OBJECT_DEPENDS "${embedded}")
        endif()

        # the loops of the index are written to be vectorised
        if(sources AND room STREQUAL "index")
            set_source_files_properties(${sources} PROPERTIES
                COMPILE_OPTIONS "$<$<NOT:$<CONFIG:Debug>>:-O3>")
        endif()
    endforeach()
    set(${sources_r} "${all}" PARENT_SCOPE)
endfunction()

# Environment, skip code, labels and time limit of test NAME, whose source is SOURCE.
function(lacis_test_properties name source default_label)
    set(labels "${default_label}")
    set(timeout 300)
    file(STRINGS "${source}" notes REGEX "ctest-(labels|timeout):" LIMIT_COUNT 4)
    foreach(note IN LISTS notes)
        if(note MATCHES "ctest-labels:([a-z0-9 _-]+)")
            string(STRIP "${CMAKE_MATCH_1}" words)
            separate_arguments(words)
            list(APPEND labels ${words})
        elseif(note MATCHES "ctest-timeout: *([0-9]+)")
            set(timeout "${CMAKE_MATCH_1}")
        endif()
    endforeach()
    set_tests_properties("${name}" PROPERTIES
        ENVIRONMENT "${LACIS_TEST_ENVIRONMENT}"
        SKIP_RETURN_CODE 77
        LABELS "${labels}"
        TIMEOUT "${timeout}")
endfunction()

# One executable out of SOURCE, registered with ctest as FOLDER/<name of the source>.
function(lacis_add_c_test source folder label)
    get_filename_component(stem "${source}" NAME_WE)
    string(REGEX REPLACE "^test_" "" name "${stem}")
    set(target "test-${folder}-${name}")
    add_executable("${target}" "${source}")
    set_target_properties("${target}" PROPERTIES
        OUTPUT_NAME "${name}"
        RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/test/${folder}")
    target_link_libraries("${target}" PRIVATE lacis_test_support)
    add_test(NAME "${folder}/${name}" COMMAND "${target}")
    lacis_test_properties("${folder}/${name}" "${source}" "${label}")
endfunction()

# Unit tests beside their modules, scenarios in tests/, shell scenarios there too.
function(lacis_add_tests)
    set(tests "${CMAKE_CURRENT_SOURCE_DIR}/tests")

    file(GLOB support CONFIGURE_DEPENDS "${tests}/support/*.c")
    if(support)
        add_library(lacis_test_support STATIC ${support})
        set(scope PUBLIC)
    else()
        add_library(lacis_test_support INTERFACE)
        set(scope INTERFACE)
    endif()
    target_include_directories(lacis_test_support ${scope} "${tests}")
    target_compile_definitions(lacis_test_support ${scope}
        LACIS_PROGRAM="${CMAKE_BINARY_DIR}/lacis"
        LACIS_SOURCE_DIR="${CMAKE_CURRENT_SOURCE_DIR}")
    target_link_libraries(lacis_test_support ${scope} lacis_core PkgConfig::CMOCKA)

    foreach(room IN LISTS LACIS_ROOMS)
        file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/src/${room}/test_*.c")
        foreach(source IN LISTS sources)
            lacis_add_c_test("${source}" "${room}" unit)
        endforeach()
    endforeach()

    file(GLOB sources CONFIGURE_DEPENDS "${tests}/test_*.c")
    foreach(source IN LISTS sources)
        lacis_add_c_test("${source}" tests scenario)
        if(TARGET lacis)
            get_filename_component(stem "${source}" NAME_WE)
            string(REGEX REPLACE "^test_" "" name "${stem}")
            add_dependencies("test-tests-${name}" lacis)
        endif()
    endforeach()

    file(GLOB scripts CONFIGURE_DEPENDS "${tests}/*.sh")
    foreach(script IN LISTS scripts)
        execute_process(COMMAND test -x "${script}" RESULT_VARIABLE not_executable)
        if(not_executable EQUAL 0)
            get_filename_component(name "${script}" NAME_WE)
            add_test(NAME "tests/${name}" COMMAND "${script}")
            lacis_test_properties("tests/${name}" "${script}" script)
        endif()
    endforeach()
endfunction()

# fuzz/fuzz_<name>.c. With libFuzzer in the fuzz preset; in all others with the replay
# driver, so that any compiler feeds the whole corpus to the target as a ctest test.
function(lacis_add_fuzz_targets)
    set(fuzz "${CMAKE_CURRENT_SOURCE_DIR}/fuzz")
    file(GLOB sources CONFIGURE_DEPENDS "${fuzz}/fuzz_*.c")
    foreach(source IN LISTS sources)
        get_filename_component(target "${source}" NAME_WE)
        string(REGEX REPLACE "^fuzz_" "" name "${target}")
        add_executable("${target}" "${source}")
        set_target_properties("${target}" PROPERTIES
            RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/fuzz")
        # libFuzzer has no header to declare LLVMFuzzerTestOneInput()
        set_source_files_properties("${source}" PROPERTIES COMPILE_OPTIONS
            -Wno-missing-prototypes)
        target_link_libraries("${target}" PRIVATE lacis_core)
        if(LACIS_FUZZ)
            target_link_options("${target}" PRIVATE -fsanitize=fuzzer)
        else()
            target_sources("${target}" PRIVATE "${fuzz}/replay.c")
            add_test(NAME "fuzz-replay/${name}" COMMAND "${target}" "${fuzz}/corpus/${name}")
            lacis_test_properties("fuzz-replay/${name}" "${source}" fuzz-replay)
        endif()
    endforeach()
endfunction()

# bench/bench_<name>.c: built with the rest so that they keep compiling, run by hand.
function(lacis_add_benchmarks)
    file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/bench/bench_*.c")
    foreach(source IN LISTS sources)
        get_filename_component(target "${source}" NAME_WE)
        add_executable("${target}" "${source}")
        set_target_properties("${target}" PROPERTIES
            RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bench")
        target_link_libraries("${target}" PRIVATE lacis_core)
    endforeach()
endfunction()
