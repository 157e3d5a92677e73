# The verbs of this project; `make` alone lists them. The work itself is in tools/, in Python.

# Any CPython from 3.11 on will do; PYTHON=/path/to/python chooses one.
new_enough = -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p $(new_enough) && { echo $$p; break; }; done)
tool = @$(or $(strip $(PYTHON)),python3) $(new_enough) || { \
	echo "需要 Python 3.11 或更新版本，请先安装。Please install Python 3.11 or newer first." >&2; \
	exit 1; }; exec $(PYTHON) -m tools.bootstrap $(1)

.DEFAULT_GOAL := help
.PHONY: help setup run reload demo test journey check bench backup restore drill export import index clean

help: ## list the verbs 列出全部命令
	@awk 'BEGIN { FS = ":.*## " } /^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: ## install what is missing, then start on http://127.0.0.1:5000 (HOST, PORT, DATA_DIR) 启动
	$(call tool,run)

reload: ## new code takes over in a running system, nobody is refused 不中断地换上新代码
	$(call tool,reload)

setup: ## only install: .venv, Python and browser libraries 只安装，不启动
	$(call tool,setup)

demo: ## load the demo content and accounts anew 重新载入演示内容
	$(call tool,demo)

test: ## install what tests need and run them all (ARGS="tests/search -x") 全部测试
	$(call tool,test $(ARGS))

journey: ## only the stories in a real browser 只跑浏览器测试
	$(call tool,journey $(ARGS))

check: ## ruff, mypy strict, the house tests and the libraries 代码检查
	$(call tool,check)

bench: ## measure, print a table, write bench/results.json (ONLY=search, QUICK=1) 性能测量
	$(call tool,bench $(if $(ONLY),--only $(ONLY)) $(if $(QUICK),--quick))

backup: ## database, media, keys, settings into backups/<time>.tar, also while it runs (INCREMENT=1, KEEP=7) 备份
	$(call tool,backup $(if $(INCREMENT),--increment) $(if $(KEEP),--keep $(KEEP)))

restore: ## put a backup back: make restore FROM=backups/….tar 恢复备份
	$(call tool,restore $(if $(FROM),"$(FROM)"))

drill: ## restore the newest backup for a trial and compare; touches nothing in use (FROM=…) 恢复演练
	$(call tool,drill $(if $(FROM),"$(FROM)"))

export: ## everything into one file that either engine takes: make export TO=all.zip 整个导出
	$(call tool,export $(if $(TO),"$(TO)"))

import: ## such a file into a new, empty installation: make import FROM=all.zip 整个导入
	$(call tool,import $(if $(FROM),"$(FROM)"))

index: ## build the search index anew 重建搜索索引
	$(call tool,index)

clean: ## remove what was installed or built; data and media stay 清理安装文件，不动数据
	$(call tool,clean)
