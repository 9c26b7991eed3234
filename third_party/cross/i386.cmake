# cmake --toolchain third_party/cross/i386.cmake: 32-bit x86.
set(CMAKE_SYSTEM_PROCESSOR i686)
set(GLS_ARCH i386)
set(GLS_TRIPLET i686-linux-gnu)
set(GLS_QEMU qemu-i386)
set(GLS_MULTIARCH i386-linux-gnu)
set(GLS_LOADER ld-linux.so.2)
include(${CMAKE_CURRENT_LIST_DIR}/common.cmake)
