c cat Makefile
c ls
c 'make; echo rc=$?'
c ls
c "ls -A | wc -l; ls -A | grep '^\.'"
c cat modules.order
c cat Module.symvers
c cat hello.mod
c cat hello.mod.c
c 'make; echo rc=$?'
c 'touch hello.py; make; echo rc=$?'
c 'make clean; echo rc=$?'
c ls
c 'ls -A'
c 'make clean; echo rc=$?'
c '# all in one, with an exporter and a module of two files'
printf 'obj-m := hello.o second.o multi.o\nmulti-objs := part1.o part2.o\n\nKDIR ?= /lib/modules/$(shell uname -r)/build\n\nall:\n\t$(MAKE) -C $(KDIR) M=$(CURDIR) modules\n\nclean:\n\t$(MAKE) -C $(KDIR) M=$(CURDIR) clean\n' > Makefile
c cat Makefile
c 'make; echo rc=$?'
c ls
c cat modules.order
c cat Module.symvers
c cat multi.mod
c 'make'
c 'make -s; echo rc=$?'
c 'make clean; make -s; echo rc=$?'
c 'make clean >/dev/null; make -j4 | sort'
c 'make clean >/dev/null; make V=1 | grep -c gcc'
c 'make clean >/dev/null; make C=0 W=1; echo rc=$?'
c 'make all clean | tail -3; ls'
c 'make hello.ko; echo rc=$?'
c 'make -C /lib/modules/$(uname -r)/build M=$PWD; echo rc=$?'
c 'make -C /lib/modules/$(uname -r)/build M=$PWD clean'
c 'make -C /lib/modules/$(uname -r)/build M=$PWD hello.ko; echo rc=$?'
c 'make -C /lib/modules/$(uname -r)/build M=$PWD help | tail -8'
c 'make -C /lib/modules/$(uname -r)/build M=$PWD clean'
c 'ls -A'
c 'make modinfo; echo rc=$?'
c 'make -f nothere; echo rc=$?'
c 'rm Makefile; make; echo rc=$?; make hello; echo rc=$?'
