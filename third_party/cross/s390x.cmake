# cmake --toolchain third_party/cross/s390x.cmake: z/Architecture, 64-bit and big-endian.
set(CMAKE_SYSTEM_PROCESSOR s390x)
set(GLS_ARCH s390x)
set(GLS_TRIPLET s390x-linux-gnu)
set(GLS_QEMU qemu-s390x)
set(GLS_LOADER ld64.so.1)
include(${CMAKE_CURRENT_LIST_DIR}/common.cmake)
